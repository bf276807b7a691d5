# What a dict is made of are pairs, and each of them is gone over, too.
import threading


def outcome():
    pair = ["key", 0]
    seen = [None]

    def write():
        pair[1] = 1

    def read():
        seen[0] = dict((pair,))

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
