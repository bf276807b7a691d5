# When an object goes away a weak reference calls C code.
import threading
import weakref


class One:
    pass


def write(made, gone):
    one = made.pop()
    made.append(1)
    del one
    made.append(2)


def read(made, gone, seen):
    seen.append((len(made), len(gone)))


def outcome():
    made, gone = [One()], []
    reference = weakref.ref(made[0], gone.append)
    seen = []
    threads = [threading.Thread(target=write, args=(made, gone,)),
               threading.Thread(target=read, args=(made, gone, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
