# The dict of an object whose class is of C code, and of a module that comes late.
import functools
import threading


def write(names):
    names["x"] = 1


def read(one, seen):
    seen.append(0)
    seen.append(one.x)


def outcome():
    one, seen = functools.partial(len), []
    one.x = 0
    threads = [threading.Thread(target=write, args=(one.__dict__,)),
               threading.Thread(target=read, args=(one, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
