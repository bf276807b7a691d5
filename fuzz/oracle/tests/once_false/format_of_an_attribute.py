# The text of a str.format() says which attribute is looked at.
import threading


class One:
    x = 0


def outcome():
    one = One()
    seen = [None]

    def write():
        one.x = 1

    def read():
        seen[0] = "{0.x}".format(one)

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
