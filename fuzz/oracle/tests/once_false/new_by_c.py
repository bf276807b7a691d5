# A class makes its objects by C code of another object.
import threading


def write(made, kept):
    made()


def read(made, kept, seen):
    seen.append(len(kept))


def outcome():
    kept = []

    class One:
        __new__ = staticmethod(kept.append)

    made = One
    seen = []
    threads = [threading.Thread(target=write, args=(made, kept,)),
               threading.Thread(target=read, args=(made, kept, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
