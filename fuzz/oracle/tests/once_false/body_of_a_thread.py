# What a thread is to run is looked up by threading.
import threading


def write(made):
    made._args = (2,)


def read(made, seen):
    made.start()
    made.join()


def outcome():
    ran = []
    made = threading.Thread(target=ran.append, args=(1,))
    seen = []
    threads = [threading.Thread(target=write, args=(made,)),
               threading.Thread(target=read, args=(made, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(ran)
