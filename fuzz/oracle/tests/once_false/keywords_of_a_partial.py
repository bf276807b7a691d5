# The keywords of a partial are a dict that everybody can change.
import functools
import threading


def called(x):
    return x


def outcome():
    partial = functools.partial(called, x=0)
    seen = [None]

    def write():
        partial.keywords["x"] = 1

    def read():
        seen[0] = partial()

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
