# Who joins a thread that has not been started is told so.
import threading


def write(one):
    one.start()


def read(one, seen):
    try:
        one.join()
        seen.append(0)
    except RuntimeError:
        seen.append(1)


def outcome():
    one, seen = threading.Thread(), []
    threads = [threading.Thread(target=write, args=(one,)),
               threading.Thread(target=read, args=(one, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
