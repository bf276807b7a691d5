# A thread may get the number of one that has ended.
import threading


def ask(numbers):
    numbers.add(threading.get_ident())


def outcome():
    numbers = set()
    threads = [threading.Thread(target=ask, args=(numbers,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(len(numbers))
