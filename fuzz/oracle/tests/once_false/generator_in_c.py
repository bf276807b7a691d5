# A generator that C code goes over was no operation.
import threading


def gap():
    pass


def C0(items):
    for x in items:
        yield x


def body0(out, o0, gap=gap, max=max, sum=sum, type=type,):
    got = ()
    try:
        got += (sum(o0[1]),)
        gap()
        got += (max(x for x in o0[0]),)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def body1(out, o0, gap=gap, max=max, next=next, type=type,):
    got = ()
    try:
        got += (max(x for x in o0[0]),)
        gap()
        got += (next(o0[1], None),)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def run():
    outs = [None], [None], [None]
    o0 = [1, 2]
    o0 = o0, C0(o0)
    thread0 = threading.Thread(target=body0, args=(outs[0], o0,))
    thread1 = threading.Thread(target=body1, args=(outs[1], o0,))
    thread0.start()
    thread1.start()
    thread0.join()
    thread1.join()
    return (outs,
            (o0[0], list(o0[1])
            ),
            )


def outcome():
    try:
        return repr(run())
    except Exception as error:
        return type(error).__name__
