# A generator that the other thread has let go of was nobody else's.
import threading


def numbers():
    yield 1
    yield 2


def take(box, seen, next=next):
    generator = box.pop()
    seen.append(next(generator))


def look(box, seen, next=next, len=len):
    if len(box) > 0:
        generator = box[0]
        seen.append(next(generator))
        generator = None


def outcome():
    box, one, two = [numbers()], [], []
    threads = [threading.Thread(target=take, args=(box, one)), threading.Thread(target=look, args=(box, two))]
    threads[1].start()
    threads[0].start()
    for thread in threads:
        thread.join()
    return repr((one, two))
