# C code that calls C code: max() asks attrgetter(), which reads attributes.
import operator
import threading


class One:
    x = 1


def write(one):
    one.x = 3


def read(all_of_them, seen, key=operator.attrgetter("x"), max=max):
    seen[0] = max(all_of_them, key=key).x


def outcome():
    a, b, seen = One(), One(), [None]
    b.x = 2
    first = threading.Thread(target=write, args=(a,))
    second = threading.Thread(target=read, args=((a, b), seen))
    first.start()
    second.start()
    first.join()
    second.join()
    return repr(seen)
