# A frame shows the variables that its function shares with others.
import sys
import threading


def write(set_x, get_x):
    set_x()


def read(set_x, get_x, seen):
    seen.append(get_x())


def outcome():
    x = 0

    def set_x():
        nonlocal x
        x = 1

    def get_x():
        return (sys._getframe().f_locals['x'], x)[0]
    seen = []
    threads = [threading.Thread(target=write, args=(set_x, get_x,)),
               threading.Thread(target=read, args=(set_x, get_x, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
