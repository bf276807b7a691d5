# To raise an exception object changes its context, its traceback and its cause.
import threading


def write(error):
    try:
        raise KeyError
    except KeyError:
        try:
            raise error
        except ValueError:
            pass


def read(error, seen):
    seen[0] = error.__context__ is None


def outcome():
    error, seen = ValueError(), [None]
    first = threading.Thread(target=write, args=(error,))
    second = threading.Thread(target=read, args=(error, seen))
    first.start()
    second.start()
    first.join()
    second.join()
    return repr(seen)
