# A namespace may bring builtins of its own, a dict like others.
import threading
import types


def write(names):
    names["x"] = 1


def read(function, seen):
    seen.append(0)
    seen.append(function())


def outcome():
    names, seen = {"x": 0}, []
    function = types.FunctionType((lambda: x).__code__, {"__builtins__": names})
    threads = [threading.Thread(target=write, args=(names,)),
               threading.Thread(target=read, args=(function, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
