# An ExceptionGroup keeps what is in the list, and not the list.
import threading


def outcome():
    errors = [ValueError(1)]
    seen = [None]

    def write():
        errors.append(ValueError(2))

    def read():
        seen[0] = len(ExceptionGroup("", errors).exceptions)

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
