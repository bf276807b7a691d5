# SPDX-License-Identifier: MIT
"""Work for harness/bench/overhead and record_cost: load.py LOAD N"""
import sys


def tasklets(rounds):
    """Two tasklets, a value over and back: 2 * rounds switches."""
    import stackless
    there, back = stackless.channel(), stackless.channel()

    def partner():
        for _ in range(rounds):
            back.send(there.receive())

    stackless.tasklet(partner)()
    for number in range(rounds):
        there.send(number)
        back.receive()


def threads(rounds):
    """Four threads; each calls a function, and takes a lock at every tenth time."""
    import threading
    lock = threading.Lock()
    total = [0]

    def add(number):
        return number + 1

    def body():
        mine = 0
        for number in range(rounds):
            mine = add(mine)
            if number % 10 == 0:
                with lock:
                    total[0] += 1

    workers = [threading.Thread(target=body) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def sockets(rounds):
    """Two threads, a byte over a socket and back."""
    import socket
    import threading
    here, there = socket.socketpair()

    def echo():
        for _ in range(rounds):
            there.sendall(there.recv(1))

    worker = threading.Thread(target=echo)
    worker.start()
    for _ in range(rounds):
        here.sendall(b"x")
        here.recv(1)
    worker.join()


def lines(rounds):
    """One thread, which prints lines of 60 bytes."""
    for number in range(rounds):
        print("%-59d" % number, flush=True)


def draws(rounds):
    """One thread, 32 random bytes at a time."""
    import os
    for _ in range(rounds):
        os.urandom(32)


def sets(rounds):
    """One thread, which goes over a set of eight objects."""
    many = set(object() for _ in range(8))
    for _ in range(rounds):
        for _ in many:
            pass


LOADS = {"tasklets": tasklets, "threads": threads, "sockets": sockets, "lines": lines,
         "draws": draws, "sets": sets}
LOADS[sys.argv[1]](int(sys.argv[2]))
