# The collector gives away the dict of a class.
import gc
import threading


def write(One, shown):
    shown['x'] = 1


def read(One, shown, seen):
    seen.append(hasattr(One, 'x'))


def outcome():
    class One:
        pass

    shown = next(shown for shown in gc.get_referents(One) if type(shown) is dict)
    seen = []
    threads = [threading.Thread(target=write, args=(One, shown,)),
               threading.Thread(target=read, args=(One, shown, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
