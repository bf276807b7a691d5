# __init__() of an exception is another way to its args.
import threading


def outcome():
    error = ValueError(1)
    seen = [None]

    def write():
        error.__init__(2)

    def read():
        seen[0] = error.args

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
