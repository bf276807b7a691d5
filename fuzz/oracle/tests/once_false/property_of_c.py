# A property in C looks at the object, and at no attribute of that name.
import threading


class One(list):
    size = property(len)


def write(made):
    made.append(1)


def read(made, seen):
    seen.append(made.size)


def outcome():
    made = One()
    seen = []
    threads = [threading.Thread(target=write, args=(made,)),
               threading.Thread(target=read, args=(made, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
