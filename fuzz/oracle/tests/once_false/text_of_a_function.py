# The text of a function has its name in it.
import threading


def write(one):
    one.__qualname__ = "b"


def read(one, seen):
    seen.append(0)
    seen.append(repr(one)[10:12])


def outcome():
    def one():
        pass

    seen = []
    threads = [threading.Thread(target=write, args=(one,)),
               threading.Thread(target=read, args=(one, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
