# What a module does not have is asked for from its __getattr__().
import threading
import types


def write(module):
    module.__getattr__ = len


def read(module, seen):
    seen.append(0)
    seen.append(getattr(module, "xy", 0))


def outcome():
    module, seen = types.ModuleType("module"), []
    threads = [threading.Thread(target=write, args=(module,)),
               threading.Thread(target=read, args=(module, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
