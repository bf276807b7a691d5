# What is an attribute is an item, too, and has been since before there were threads.
import threading


class Both(dict):
    def __init__(self):
        self.__dict__ = self


def write(both):
    both.x = 1


def read(both, seen):
    seen[0] = both["x"]


def outcome():
    both, seen = Both(), [None]
    both.x = 0
    first = threading.Thread(target=write, args=(both,))
    second = threading.Thread(target=read, args=(both, seen))
    first.start()
    second.start()
    first.join()
    second.join()
    return repr(seen)
