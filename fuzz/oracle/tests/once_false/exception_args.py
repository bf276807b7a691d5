# The arguments of an exception that is formatted was no operation.
import threading


def gap():
    pass


def body0(out, o0,):
    got = ()
    try:
        o0.args = (6,)
        gap()
        got += (str(o0),)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def body1(out, o0,):
    got = ()
    try:
        o0.args = (2,)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def run():
    outs = [None], [None], [None]
    o0 = ValueError(0)
    thread0 = threading.Thread(target=body0, args=(outs[0], o0,))
    thread1 = threading.Thread(target=body1, args=(outs[1], o0,))
    thread0.start()
    thread1.start()
    thread0.join()
    thread1.join()
    return (outs,
            (o0.args, getattr(o0, "x", None)
            ),
            )


def outcome():
    try:
        return repr(run())
    except Exception as error:
        return type(error).__name__
