# io.BytesIO() begins with a copy of what it gets.
import io
import threading


def outcome():
    original = bytearray(b"a")
    seen = [None]

    def write():
        original[0] = 98

    def read():
        seen[0] = io.BytesIO(original).getvalue()

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
