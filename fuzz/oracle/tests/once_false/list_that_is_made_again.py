# __init__() of a class in C fills an object that may be there already.
import threading


def outcome():
    numbers = [1]
    seen = [None]

    def write():
        numbers.__init__((2, 3))

    def read():
        seen[0] = len(numbers)

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
