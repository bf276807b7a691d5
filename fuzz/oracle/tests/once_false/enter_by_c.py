# A with calls what may be C code of another object.
import threading


def write(made, kept):
    kept.append(1)


def read(made, kept, seen):
    with made as entered:
        seen.append(entered)


def outcome():
    kept = []

    class One:
        __enter__ = kept.copy

        def __exit__(self, *args):
            pass

    made = One()
    seen = []
    threads = [threading.Thread(target=write, args=(made, kept,)),
               threading.Thread(target=read, args=(made, kept, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
