# A special method can be that of another object, in C.
import threading


def write(made, kept):
    kept.append(1)


def read(made, kept, seen):
    seen.append(len(made))


def outcome():
    kept = []

    class One:
        __len__ = kept.__len__

    made = One()
    seen = []
    threads = [threading.Thread(target=write, args=(made, kept,)),
               threading.Thread(target=read, args=(made, kept, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
