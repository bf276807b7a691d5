# importlib looks at the modules that there are.
import importlib
import sys
import threading


def write(modules):
    modules["other"] = threading


def read(seen):
    seen.append(0)
    try:
        seen.append(importlib.import_module("other").__name__)
    except ImportError:
        seen.append(1)


def outcome():
    seen = []
    threads = [threading.Thread(target=write, args=(sys.modules,)),
               threading.Thread(target=read, args=(seen,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.modules.pop("other")
    return repr(seen)
