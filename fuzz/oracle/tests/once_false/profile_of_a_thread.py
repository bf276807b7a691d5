# A function that profiles a thread is run where no bytecode is looked at.
import threading


count = 0


def profile(frame, what, argument):
    global count
    old = count
    count = old + 1


def write(made):
    made.append(1)


def read(made, seen):
    seen.append(len(made))


def outcome():
    global count
    count = 0
    made = []
    threading.setprofile(profile)
    seen = []
    threads = [threading.Thread(target=write, args=(made,)),
               threading.Thread(target=read, args=(made, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr((threading.setprofile(None), seen, count)[1:])
