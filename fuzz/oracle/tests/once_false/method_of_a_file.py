# The body of a thread was a method of a file, and so no operation.
import os, tempfile, threading


def outcome():
    with tempfile.TemporaryFile("wb", 0) as file:
        threads = [threading.Thread(target=file.write, args=(text,)) for text in (b"1", b"2")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return repr(os.pread(file.fileno(), 2, 0))
