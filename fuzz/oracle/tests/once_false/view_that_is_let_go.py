# While there is a view of it a bytearray cannot grow: to make a view is an operation, and to let go
# of it is one, too.
import threading


def outcome():
    grows = bytearray(1)
    seen = [None]

    def write():
        view = memoryview(grows)
        seen[0] = view[0]

    def read():
        try:
            grows.append(1)
        except BufferError:
            pass

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr((seen, len(grows)))
