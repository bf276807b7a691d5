# A partial of a partial has the keywords of that.
import functools
import threading


def names(**keywords):
    return sorted(keywords)


def write(made):
    made.keywords['x'] = 1


def read(made, seen):
    seen.append(functools.partial(made)())


def outcome():
    made = functools.partial(names, y=1)
    seen = []
    threads = [threading.Thread(target=write, args=(made,)),
               threading.Thread(target=read, args=(made, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
