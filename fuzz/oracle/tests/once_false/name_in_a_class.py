# A class body looks up in the globals what it does not have itself.
import threading

x = 0


def write():
    global x
    x = 1


def read(seen):
    class Body:
        y = x, x

    seen[:] = Body.y


def outcome():
    global x
    x = 0
    seen = []
    threads = [threading.Thread(target=write), threading.Thread(target=read, args=(seen,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
