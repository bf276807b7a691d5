# SPDX-License-Identifier: MIT
"""What TCP on loopback does, line by line: run once on the kernel's and once on the mapped one.

check_io.c compares the two outputs.  No port is printed, and nothing that TCP leaves open.
"""
import errno
import os
import select
import socket
import struct
import sys
import threading
import time

LINES = []


def say(what, value):
    print("%-44s %s" % (what, value))


def attempt(what, function, *args):
    """Prints what it returns, or the name of its error."""
    try:
        value = function(*args)
    except socket.timeout:
        value = "timed out"
    except (OSError, IOError, select.error) as e:
        value = errno.errorcode.get(e.args[0], e)
    say(what, "done" if value is None else value)


def make(family=socket.AF_INET, listens=True, address=None):
    s = socket.socket(family, socket.SOCK_STREAM)
    if address is not None:
        s.bind((address, 0))
    if listens:
        s.listen(5)
    return s


def pair(family=socket.AF_INET, host="127.0.0.1"):
    server = make(family, True, host)
    client = make(family, False)
    client.connect((host, server.getsockname()[1]))
    accepted, who = server.accept()
    server.close()
    return client, accepted, who


def names():
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        if family == socket.AF_INET6 and not has_ipv6():
            continue
        client, accepted, who = pair(family, host)
        say("accept says who", who[:2] == client.getsockname()[:2])
        say("the client's name", client.getsockname()[0])
        say("the client's peer", client.getpeername() == accepted.getsockname())
        say("the server's peer", accepted.getpeername() == client.getsockname())
        say("tuple", (len(who), len(client.getsockname())))
    s = make(listens=False)
    say("unbound", s.getsockname())
    attempt("peer of none", s.getpeername)
    s.bind(("", 0))
    say("any", s.getsockname()[0])
    say("a port", s.getsockname()[1] > 1024)
    attempt("bind twice", s.bind, ("127.0.0.1", 0))
    s.listen(1)
    c = make(listens=False)
    c.connect(("127.0.0.2", s.getsockname()[1]))
    a, who = s.accept()
    say("through any", (a.getsockname()[0], who[0], c.getpeername()[0]))


def has_ipv6():
    try:
        make(socket.AF_INET6, True, "::1").close()
        return True
    except (OSError, socket.error):
        return False


def ports():
    a = make(address="127.0.0.1")
    port = a.getsockname()[1]
    attempt("a port that is taken", make(listens=False).bind, ("127.0.0.1", port))
    attempt("by any", make(listens=False).bind, ("", port))
    attempt("another address", make(listens=False).bind, ("127.0.0.3", port))
    s = make(listens=False)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    attempt("reuse one that listens", s.bind, ("127.0.0.1", port))
    both = [make(listens=False) for _ in range(2)]
    for s in both:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    both[0].bind(("127.0.0.1", 0))
    attempt("reuse one that does not", both[1].bind, both[0].getsockname())
    both[0].listen(1)
    attempt("and listen on it", both[1].listen, 1)
    a.close()
    attempt("when it is closed", make(listens=False).bind, ("127.0.0.1", port))


def refused():
    a = make(address="127.0.0.1", listens=False)
    attempt("bound, but nobody listens", make(listens=False).connect, a.getsockname())
    b = make(address="127.0.0.1")
    name = b.getsockname()
    b.close()
    c = make(listens=False)
    attempt("nobody listens any more", c.connect, name)
    d = make(address="127.0.0.1")
    attempt("the same socket elsewhere", c.connect, d.getsockname())
    attempt("and again", c.connect, d.getsockname())
    attempt("a listener connects", d.connect, d.getsockname())
    attempt("accept of none that listens", make(listens=False).accept)
    attempt("a client listens", c.listen, 1)


def nonblocking():
    a = make(address="127.0.0.1")
    c = make(listens=False)
    c.setblocking(False)
    say("in progress", errno.errorcode[c.connect_ex(a.getsockname())])
    say("writable", [s is c for s in select.select([], [c], [], 10)[1]])
    say("its error", c.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
    attempt("nothing yet", c.recv, 1)
    a.setblocking(False)
    s, _ = a.accept()
    s.setblocking(False)
    attempt("no other", a.accept)
    name = a.getsockname()
    a.close()
    r = make(listens=False)
    r.setblocking(False)
    say("in progress", errno.errorcode[r.connect_ex(name)])
    say("ready", [len(ready) for ready in select.select([r], [r], [], 10)])
    say("its error", errno.errorcode[r.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)])
    say("asked again", r.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
    sent = 0
    try:
        while True:
            sent += s.send(b"x" * 65536)
    except (OSError, socket.error) as e:
        say("full", errno.errorcode[e.args[0]])
    say("sent some", sent > 65536)
    c.setblocking(True)
    got = 0
    while got < sent:
        got += len(c.recv(1 << 20))
    say("got all", got == sent)


def later(function, *args):
    time.sleep(0.05)
    return function(*args)


def closing():
    c, s, _ = pair()
    c.shutdown(socket.SHUT_WR)
    say("half closed", (s.recv(10), s.send(b"still")))
    say("the other half", c.recv(10))
    s.close()
    say("end", c.recv(10))
    c, s, _ = pair()
    c.sendall(b"never read")
    s.close()
    attempt("closed with data unread", c.recv, 10)
    attempt("send after that", c.send, b"x")
    c, s, _ = pair()
    s.sendall(b"last words")
    s.close()
    say("data before the end", (c.recv(100), c.recv(100)))
    say("send to one that is closed", c.send(b"x"))
    attempt("send again", later, c.send, b"x")
    say("and then", c.recv(10))
    c, s, _ = pair()
    c.shutdown(socket.SHUT_RDWR)
    attempt("send when shut", c.send, b"x")
    attempt("recv of none", make(listens=False).recv, 1)
    attempt("send of none", make(listens=False).send, b"x")
    attempt("shutdown of none", make(listens=False).shutdown, socket.SHUT_RDWR)


def options():
    c, s, _ = pair()
    say("type", c.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM)
    say("domain", c.getsockopt(socket.SOL_SOCKET, 39) == socket.AF_INET)
    say("protocol", c.getsockopt(socket.SOL_SOCKET, 38))
    for name in ("TCP_NODELAY", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT"):
        option = getattr(socket, name, None)
        if option is None:
            continue
        before = c.getsockopt(socket.IPPROTO_TCP, option)
        c.setsockopt(socket.IPPROTO_TCP, option, 7)
        say(name, (before, c.getsockopt(socket.IPPROTO_TCP, option)))
    for name in ("SO_KEEPALIVE", "SO_REUSEADDR", "SO_BROADCAST", "SO_OOBINLINE"):
        option = getattr(socket, name)
        before = c.getsockopt(socket.SOL_SOCKET, option)
        c.setsockopt(socket.SOL_SOCKET, option, 1)
        say(name, (before, c.getsockopt(socket.SOL_SOCKET, option)))
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 5))
    say("SO_LINGER", struct.unpack("ii", c.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)))
    say("IP_TOS", c.getsockopt(socket.IPPROTO_IP, socket.IP_TOS))
    attempt("no such option", c.setsockopt, socket.IPPROTO_TCP, 12345, 1)
    attempt("none to ask for", c.getsockopt, socket.IPPROTO_TCP, 12345)
    listener = make(listens=False)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    listener.bind(("127.0.0.1", 0))
    say("listens", listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    listener.listen(1)
    say("listens", listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    client = make(listens=False)
    client.connect(listener.getsockname())
    a, _ = listener.accept()
    say("inherited", a.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
    c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 100000))
    attempt("after SO_RCVTIMEO", c.recv, 1)


def data():
    c, s, _ = pair()
    sent = os.urandom(300000)
    thread = threading.Thread(target=c.sendall, args=(sent,))
    thread.start()
    got = b""
    while len(got) < len(sent):
        got += s.recv(70000)
    thread.join()
    say("all of it", got == sent)
    thread = threading.Thread(target=c.sendall, args=(sent,))
    thread.start()
    say("at once", s.recv(len(sent), socket.MSG_WAITALL) == sent)
    thread.join()
    c.sendall(b"peek")
    say("peeked and read", (s.recv(2, socket.MSG_PEEK), s.recv(10)))
    attempt("not waiting", s.recv, 1, socket.MSG_DONTWAIT)
    c.sendall(b"from")
    say("recvfrom", (s.recvfrom(10)[0],))
    other = os.dup(c.fileno())
    c.close()
    os.write(other, b"by a copy")
    say("a copy", os.read(s.fileno(), 100))
    os.close(other)
    say("closed twice", s.recv(10))


def waiting():
    a = make(address="127.0.0.1")
    a.settimeout(0.05)
    attempt("accept", a.accept)
    c, s, _ = pair()
    c.settimeout(0.05)
    attempt("recv", c.recv, 1)
    poll = select.poll()
    poll.register(c, select.POLLIN | select.POLLOUT)
    say("poll", [events for _, events in poll.poll(10)])
    s.sendall(b"x")
    say("poll", [events for _, events in poll.poll(10)])
    s.close()
    c.recv(1)
    epoll = select.epoll()
    epoll.register(c.fileno(), select.EPOLLIN)
    say("epoll", [events for _, events in epoll.poll(10)])
    say("select", [len(ready) for ready in select.select([c, a], [c], [], 0)])


for part in (names, ports, refused, nonblocking, closing, options, data, waiting):
    say("-- " + part.__name__, "--")
    part()
    sys.stdout.flush()
