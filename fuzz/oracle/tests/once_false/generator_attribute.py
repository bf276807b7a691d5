# An attribute of a generator was no operation.
import threading


def gap():
    pass


def C0():
    yield 1
    gap()
    yield 2
    gap()
    yield 3


def body0(out, o0, type=type,):
    got = ()
    try:
        for x in o0:
            got += (x,)
            break
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def body1(out, o0, type=type,):
    got = ()
    try:
        o0.close()
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def body2(out, o0, type=type,):
    got = ()
    try:
        got += (o0.gi_frame is None,)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def run():
    outs = [None], [None], [None]
    o0 = C0()
    thread0 = threading.Thread(target=body0, args=(outs[0], o0,))
    thread1 = threading.Thread(target=body1, args=(outs[1], o0,))
    thread2 = threading.Thread(target=body2, args=(outs[2], o0,))
    thread0.start()
    thread1.start()
    thread2.start()
    thread0.join()
    thread1.join()
    thread2.join()
    return (outs,
            (list(o0)
            ),
            )


def outcome():
    try:
        return repr(run())
    except Exception as error:
        return type(error).__name__
