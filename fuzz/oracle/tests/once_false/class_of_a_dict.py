# type() copies the dict that the class begins with.
import threading


def outcome():
    names = {"x": 0}
    seen = [None]

    def write():
        names["x"] = 1

    def read():
        seen[0] = type("Made", (), names).x

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
