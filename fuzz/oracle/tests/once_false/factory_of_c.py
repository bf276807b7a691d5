# A defaultdict makes its items by C code of another object.
import collections
import itertools
import threading


def write(made, number):
    made['x']


def read(made, number, seen):
    seen.append(next(number))


def outcome():
    number = itertools.count()
    made = collections.defaultdict(number.__next__)
    seen = []
    threads = [threading.Thread(target=write, args=(made, number,)),
               threading.Thread(target=read, args=(made, number, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
