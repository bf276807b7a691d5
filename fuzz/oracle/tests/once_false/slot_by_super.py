# What super() finds in a slot is the object's own.
import threading


class Above:
    __slots__ = ('x',)


class One(Above):
    __slots__ = ()

    def get(self):
        return super().x


def write(made):
    made.x = 1


def read(made, seen):
    seen.append(made.get())


def outcome():
    made = One()
    made.x = 0
    seen = []
    threads = [threading.Thread(target=write, args=(made,)),
               threading.Thread(target=read, args=(made, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
