# More dicts are given away than a table holds, and most of them go before the threads begin.
import threading
import types


def write(names):
    names["x"] = 1


def read(one, seen):
    seen[0] = one.x


def outcome():
    others = list(map(types.ModuleType, ["other"] * 9000))
    one, seen = types.SimpleNamespace(x=0), [0]
    del others
    threads = [threading.Thread(target=write, args=(one.__dict__,)),
               threading.Thread(target=read, args=(one, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
