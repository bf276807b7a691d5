# A call fills in what is not given from a dict that others may have changed.
import threading


def called(*, x=0):
    return x


def write(defaults):
    defaults["x"] = 1


def read(seen, called=called):
    seen[0] = called()


def outcome():
    called.__kwdefaults__["x"] = 0
    seen = [None]
    first = threading.Thread(target=write, args=(called.__kwdefaults__,))
    second = threading.Thread(target=read, args=(seen,))
    first.start()
    second.start()
    first.join()
    second.join()
    return repr(seen)
