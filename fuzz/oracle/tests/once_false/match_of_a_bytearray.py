# What a match has found is looked up when it is asked for.
import re
import threading


def outcome():
    text = bytearray(b"a")
    match = re.match(b"a", text)
    seen = [None]

    def write():
        text[0] = 98

    def read():
        seen[0] = match.group()

    threads = [threading.Thread(target=body) for body in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
