# A key= is a method, and what it is a method of is C code.
import operator
import threading
import types


def outcome():
    numbers = [1, 2]
    seen = [None]

    def write():
        numbers[0] = 3

    def read():
        seen[0] = max((0, 1), key=types.MethodType(operator.getitem, numbers))

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
