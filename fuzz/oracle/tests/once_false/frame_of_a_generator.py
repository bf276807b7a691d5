# The frame of a generator tells who goes on with it.
import threading


def one():
    yield 1
    yield 2


def write(made, frame):
    next(made)


def read(made, frame, seen):
    seen.append(frame.f_back is None)


def outcome():
    made = one()
    next(made)
    frame = made.gi_frame
    seen = []
    threads = [threading.Thread(target=write, args=(made, frame,)),
               threading.Thread(target=read, args=(made, frame, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
