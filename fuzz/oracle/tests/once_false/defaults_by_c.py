# C code calls a function, and so reads what it takes for arguments that are not given.
import threading


def write(defaults):
    defaults["y"] = -1


def read(one, seen):
    seen.append(0)
    seen.append(max([1, 2], key=one))


def outcome():
    def one(x, *, y=1):
        return x * y

    seen = []
    defaults = one.__kwdefaults__
    threads = [threading.Thread(target=write, args=(defaults,)),
               threading.Thread(target=read, args=(one, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
