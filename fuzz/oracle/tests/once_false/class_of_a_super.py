# super() takes the class from a cell.
import threading


def write(made):
    type(made).number.__closure__[0].cell_contents = type(made).__base__


def read(made, seen):
    try:
        seen.append(made.number())
    except AttributeError:
        seen.append('none')


def outcome():
    class Above:
        def number(self):
            return 1

    class One(Above):
        def number(self):
            return super().number()

    made = One()
    seen = []
    threads = [threading.Thread(target=write, args=(made,)),
               threading.Thread(target=read, args=(made, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
