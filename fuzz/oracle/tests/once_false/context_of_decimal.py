# What calculates looks at its context, which two threads may have.
import decimal
import threading


def write(context, kept):
    kept.append(0)
    context.prec = 1


def read(context, seen):
    decimal.setcontext(context)
    seen.append(str(decimal.Decimal(1) / 3))
    seen.append(str(decimal.Decimal(1) / 3))


def outcome():
    context, kept, seen = decimal.Context(prec=2), [], []
    threads = [threading.Thread(target=write, args=(context, kept)),
               threading.Thread(target=read, args=(context, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
