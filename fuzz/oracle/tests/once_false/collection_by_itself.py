# A collection that nobody has asked for ends an object.
import gc
import threading


class One:
    def __del__(self):
        gone.append(getattr(own, 'number', 0))


gone = []
own = threading.local()


def write(made):
    own.number = 1
    one = One()
    one.one = one
    del one
    many = [[] for i in range(20)]


def read(made, seen):
    own.number = 2
    many = [[] for i in range(20)]


def outcome():
    gone.clear()
    gc.collect()
    gc.set_threshold(3, 1, 1)
    made = []
    seen = []
    threads = [threading.Thread(target=write, args=(made,)),
               threading.Thread(target=read, args=(made, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr((gc.set_threshold(700, 10, 10), gone)[1])
