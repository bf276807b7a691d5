# eval() sees the variables of who calls it, those of its closure too.
import threading


def outcome():
    x, seen = 0, [0]

    def write():
        nonlocal x
        x = 1

    def read():
        if 0:
            x
        seen.append(eval("x"))

    threads = [threading.Thread(target=write),
               threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
