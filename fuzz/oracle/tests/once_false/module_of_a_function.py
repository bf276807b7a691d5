# A function is of the module whose name is that of its globals.
import sys
import threading


def write(made):
    made.__name__ = 'other'


def read(made, seen):
    seen.append((lambda: 0).__module__)


def outcome():
    made = sys.modules['program']
    made.__name__ = 'program'
    seen = []
    threads = [threading.Thread(target=write, args=(made,)),
               threading.Thread(target=read, args=(made, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
