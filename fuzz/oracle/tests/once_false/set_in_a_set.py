# A set that is looked for in a set is compared with its elements.
import threading


def write(one):
    one.add(1)


def read(one, all_of_them, seen):
    seen.append(0)
    seen.append(one in all_of_them)


def outcome():
    one, seen = set(), []
    threads = [threading.Thread(target=write, args=(one,)),
               threading.Thread(target=read, args=(one, {frozenset([1])}, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
