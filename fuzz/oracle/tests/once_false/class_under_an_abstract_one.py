# Whether a class is below an abstract one is asked from all that are below that.
import abc
import threading


def write(one, kept):
    class Two(one):
        @classmethod
        def __subclasshook__(cls, other):
            return True

    kept.append(Two)


def read(one, seen):
    seen.append(0)
    seen.append(issubclass(list, one))


def outcome():
    kept, seen = [], []
    one = abc.ABCMeta("One", (), {})
    threads = [threading.Thread(target=write, args=(one, kept)),
               threading.Thread(target=read, args=(one, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
