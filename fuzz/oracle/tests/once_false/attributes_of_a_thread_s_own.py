# What a thread has for itself can be had by others as a dict.
import threading


def read(own, kept, seen):
    own.x = 0
    kept.append(own.__dict__)
    seen.append(0)
    seen.append(own.x)


def write(kept):
    if kept:
        kept[0]["x"] = 1


def outcome():
    own, kept, seen = threading.local(), [], []
    threads = [threading.Thread(target=read, args=(own, kept, seen)),
               threading.Thread(target=write, args=(kept,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
