# An iterator is made where a generator begins to yield from a dict.
import threading


def each(made):
    yield from made


def write(made):
    made[2] = 2


def read(made, seen):
    try:
        seen[:] = each(made)
    except RuntimeError:
        seen.append('changed')


def outcome():
    made = {1: 1}
    seen = []
    threads = [threading.Thread(target=write, args=(made,)),
               threading.Thread(target=read, args=(made, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
