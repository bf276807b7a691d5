# An iterator over text is no text: join() takes what it has left.
import threading


def write(letters):
    next(letters)


def read(letters, seen):
    seen.append(0)
    seen.append("".join(letters))


def outcome():
    letters, seen = iter("abc"), []
    threads = [threading.Thread(target=write, args=(letters,)),
               threading.Thread(target=read, args=(letters, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
