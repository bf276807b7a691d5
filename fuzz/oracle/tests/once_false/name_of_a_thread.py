# What a thread is called is kept in an attribute of its object.
import threading


def write(one):
    one._name = "b"


def read(one, seen):
    seen.append(0)
    seen.append(one.name)


def outcome():
    one, seen = threading.Thread(name="a"), []
    threads = [threading.Thread(target=write, args=(one,)),
               threading.Thread(target=read, args=(one, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
