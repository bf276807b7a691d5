# The iterator of a str was no operation.
import itertools, threading


def body0(out, o0, next=next, type=type,):
    got = ()
    try:
        got += (next(o0[7], None),)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def body1(out, o0, type=type,):
    got = ()
    try:
        o0[0].append(8)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def body2(out, o0, next=next, type=type,):
    got = ()
    try:
        got += (next(o0[7], None),)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def run():
    outs = [None], [None], [None]
    o0 = [1, 2]
    o0 = (o0, zip(o0, o0), filter(None, o0), itertools.chain(o0, o0), itertools.cycle(o0),
          itertools.islice(o0, 2), iter({1: 1, 2: 2}), iter("ab"), iter(range(3)))
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
            ([list(o0[i]) for i in (1, 2, 3, 5, 6, 7, 8)], next(o0[4])
            ),
            )


def outcome():
    try:
        return repr(run())
    except Exception as error:
        return type(error).__name__
