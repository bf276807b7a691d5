# C code that is called by C code: reduce() calls getattr().
import functools
import threading


class One:
    x = 0


def outcome():
    one = One()
    seen = [None]

    def write():
        one.x = 1

    def read():
        seen[0] = functools.reduce(getattr, ("x",), one)

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
