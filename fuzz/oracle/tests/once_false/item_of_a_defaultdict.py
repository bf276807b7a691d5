# To ask a defaultdict for an item that it has not was a read.
import collections, threading


def gap():
    pass


def body0(out, o0, gap=gap, type=type,):
    got = ()
    try:
        o0[1].popitem(last=False)
        gap()
        o0[0]["a"].append(5)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def body1(out, o0, len=len, type=type,):
    got = ()
    try:
        got += (len(o0[0]),)
    except Exception as error:
        got += (type(error).__name__,)
    if got:
        out[0] = got


def run():
    outs = [None], [None], [None]
    o0 = (collections.defaultdict(list), collections.OrderedDict(a=0),
          collections.Counter(a=1), collections.ChainMap({}, {"a": 0}))
    thread0 = threading.Thread(target=body0, args=(outs[0], o0,))
    thread1 = threading.Thread(target=body1, args=(outs[1], o0,))
    threads = {thread0, thread1, }
    thread0.start()
    thread1.start()
    for thread in threads:
        thread.join()
    return (outs,
            ([dict(x) for x in o0]
            ),
            )


def outcome():
    try:
        return repr(run())
    except Exception as error:
        return type(error).__name__
