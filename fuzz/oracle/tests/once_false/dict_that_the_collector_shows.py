# The collector gives away the dict of an object's attributes.
import gc
import threading


class One:
    pass


def write(made, shown):
    shown['x'] = 1


def read(made, shown, seen):
    seen.append(made.x)


def outcome():
    made = One()
    made.x = 0
    made.__getstate__()
    shown = gc.get_referents(made)[0]
    seen = []
    threads = [threading.Thread(target=write, args=(made, shown,)),
               threading.Thread(target=read, args=(made, shown, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
