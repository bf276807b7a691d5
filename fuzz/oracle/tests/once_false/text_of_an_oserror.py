# The text of an exception is made of more than its args.
import threading


def write(error):
    error.filename = "b"


def read(error, seen):
    seen.append(0)
    seen.append(str(error))


def outcome():
    error, seen = OSError(2, "none", "a"), []
    threads = [threading.Thread(target=write, args=(error,)),
               threading.Thread(target=read, args=(error, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
