# What an object is pickled by is the dict of its attributes.
import threading


class One:
    pass


def write(made, state):
    state['x'] = 1


def read(made, state, seen):
    seen.append(made.x)


def outcome():
    made = One()
    made.x = 0
    state = made.__reduce_ex__(2)[2]
    seen = []
    threads = [threading.Thread(target=write, args=(made, state,)),
               threading.Thread(target=read, args=(made, state, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
