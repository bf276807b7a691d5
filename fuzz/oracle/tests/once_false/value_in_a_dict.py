# Whoever looks for a value in a dict compares it with all.
import threading


def write(made, value):
    value.append(1)


def read(made, value, seen):
    seen.append([1] in made.values())


def outcome():
    value = []
    made = {1: value}
    seen = []
    threads = [threading.Thread(target=write, args=(made, value,)),
               threading.Thread(target=read, args=(made, value, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
