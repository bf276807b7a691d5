# What a thread's own keeps in a slot is there once.
import threading


class Own(threading.local):
    __slots__ = ('x',)


def write(own):
    own.x = 1


def read(own, seen):
    seen.append(own.x)


def outcome():
    own = Own()
    own.x = 0
    seen = []
    threads = [threading.Thread(target=write, args=(own,)),
               threading.Thread(target=read, args=(own, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
