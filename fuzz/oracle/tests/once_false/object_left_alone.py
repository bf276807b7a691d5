# Whose object it is changed when the other thread ended, and no operation said so.
import threading


def gap():
    pass


class C1:
    pass


def body0(out, o0, o1, type=type,):
    got = ()
    try:
        if o0.acquire(blocking=False):
            pass
            o0.release()
        else:
            got += ("held",)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def body1(out, o0, o1, gap=gap, type=type,):
    got = ()
    try:
        o1.__dict__["x"] = 3
        gap()
        got += (o0.locked(),)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def run():
    outs = [None], [None], [None]
    o0 = threading.Lock()
    o1 = C1()
    o1.x = o1.y = 0
    thread0 = threading.Thread(target=body0, args=(outs[0], o0, o1,))
    thread0.start()
    body1(outs[1], o0, o1,)
    thread0.join()
    return (outs,
            (o0.locked()
            ),
            (sorted(vars(o1).items())
            ),
            )


def outcome():
    try:
        return repr(run())
    except Exception as error:
        return type(error).__name__
