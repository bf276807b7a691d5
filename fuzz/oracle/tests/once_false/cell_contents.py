# An attribute of a cell was no operation.
import threading


def C0():
    x = 0
    def get():
        return x
    def put(value):
        nonlocal x
        x = value
    def add(value):
        nonlocal x
        x += value
    def drop():
        nonlocal x
        del x
    def in_class():
        class Inside:
            y = x
        return Inside.y
    return get, put, add, drop, in_class


def body0(out, o0, type=type,):
    got = ()
    try:
        got += (o0[0].__closure__[0].cell_contents,)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def body1(out, o0, type=type,):
    got = ()
    try:
        got += (o0[0].__closure__[0].cell_contents,)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def body2(out, o0, type=type,):
    got = ()
    try:
        o0[1](5)
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
            ([cell.cell_contents for cell in o0[0].__closure__] if len(o0) else None
            ),
            )


def outcome():
    try:
        return repr(run())
    except Exception as error:
        return type(error).__name__
