# What globals do not have is looked up in the names of builtins, by C code too.
import builtins
import threading


def write(names):
    names["len"] = lambda x: 9


def read(seen):
    seen.append(len("ab"))


def outcome():
    real, seen = len, [1]
    names = builtins.__dict__
    threads = [threading.Thread(target=write, args=(names,)),
               threading.Thread(target=read, args=(seen,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    builtins.len = real
    return repr(seen)
