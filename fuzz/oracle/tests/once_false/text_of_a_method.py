# The text of a method has that of its object in it.
import threading


class One(list):
    def method(self):
        pass


def write(one):
    one.append(1)


def read(method, seen):
    seen.append(0)
    seen.append(repr(method)[-5:])


def outcome():
    one, seen = One(), []
    threads = [threading.Thread(target=write, args=(one,)),
               threading.Thread(target=read, args=(one.method, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
