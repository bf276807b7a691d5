# What a class does not have is asked for by C code.
import threading


def write(made, kept):
    kept['x'] = 1


def read(made, kept, seen):
    seen.append(made.x)


def outcome():
    kept = {}

    class One:
        __getattr__ = kept.get

    made = One()
    seen = []
    threads = [threading.Thread(target=write, args=(made, kept,)),
               threading.Thread(target=read, args=(made, kept, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
