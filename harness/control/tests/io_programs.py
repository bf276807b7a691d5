# SPDX-License-Identifier: MIT
"""The programs of check_io.c: io_programs.py NAME.

Valid on Python 2.7 and 3.7 and later.  What they print must not depend on the schedule.
"""
from __future__ import print_function

import errno
import fcntl
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

BEGAN = time.time()


def virtual():
    """Seconds since the beginning, as the program sees them."""
    return round(time.time() - BEGAN, 1)


def in_threads(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def compute():
    for i in range(3000):
        hash(i)


def subprocess_output():
    """A child that takes its time, and writes in pieces, while others compute."""
    lines = []

    def read():
        child = subprocess.Popen(
            ["/bin/sh", "-c", "pause() { sleep 0.00$(od -An -N1 -tu1 /dev/urandom | tr -d ' '); }; "
             "pause; printf 'one '; pause; echo two; pause; exit 3"], stdout=subprocess.PIPE)
        lines.append(child.stdout.read().decode())
        lines.append(child.wait())

    in_threads(read, compute, compute)
    print(lines)


def subprocess_quick():
    """Children that compute, write and end, while others compute."""
    def read(number):
        child = subprocess.Popen(
            ["/bin/sh", "-c", "i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); done; "
             "/bin/echo end; exit %d" % number], stdout=subprocess.PIPE)
        size = 0
        for line in child.stdout:
            size += len(line)
        sys.stdout.write("%d %d\n" % (size, child.wait()))  # in one piece

    in_threads(lambda: read(1), lambda: read(2), compute)
    child = subprocess.Popen(["/bin/sh", "-c", "echo a; echo b >&2; exit 3"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    print(child.communicate(), child.returncode)


def subprocess_in_turns():
    """A child that answers, one that goes on for ever, and one that is given up."""
    child = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for i in range(20):
        child.stdin.write(b"line %d\n" % i if sys.version_info >= (3,) else "line %d\n" % i)
        child.stdin.flush()
        assert child.stdout.readline().decode() == "line %d\n" % i
    child.stdin.close()
    print(child.wait())
    child = subprocess.Popen(["/bin/sh", "-c", "echo ready; while :; do :; done"],
                             stdout=subprocess.PIPE)
    print(child.stdout.readline().decode().strip())
    print(child.poll())
    child.kill()
    print(child.wait())


def subprocess_both_ways():
    """More than a pipe holds, in both directions, for two children at once."""
    def talk():
        child = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        out, _ = child.communicate(b"x" * 200000)
        sys.stdout.write("%d %d\n" % (len(out), child.returncode))  # in one piece

    in_threads(talk, talk)


def subprocess_at_another_pace():
    """A child that takes all before it answers if a file is there, and else passes on each piece."""
    answer = "if [ -e slow ]; then dd bs=200000 iflag=fullblock; else dd bs=512; fi 2>/dev/null"
    child = subprocess.Popen(["/bin/sh", "-c", answer], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE)
    out, _ = child.communicate(b"x" * 200000)
    print(len(out), child.returncode)


def children():
    """Each way to wait for a child, while another thread goes on in virtual time."""
    ticks = []

    def tick():
        for _ in range(3):
            time.sleep(1000)
            ticks.append(1)

    def start(status):
        pid = os.fork()
        if pid == 0:
            time.sleep(0.02)
            os._exit(status)
        return pid

    ticking = threading.Thread(target=tick)
    ticking.start()
    pid = start(1)
    print(os.waitpid(pid, 0)[1] >> 8)
    start(2)
    print(os.wait()[1] >> 8)
    start(3)
    print(os.wait3(0)[1] >> 8)
    pid = start(4)
    _, status, usage = os.wait4(pid, 0)
    print(status >> 8, usage.ru_utime)
    start(5)
    if hasattr(os, "waitid"):
        print(os.waitid(os.P_ALL, 0, os.WEXITED).si_status)
    else:
        print(os.waitpid(0, 0)[1] >> 8)
    pid = start(6)
    polls = 0
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        time.sleep(0.01)
        polls += 1
    print("polled", polls > 0)
    print(os.system("exit 7") >> 8)
    try:
        os.wait()
    except (OSError, IOError) as e:
        print(errno.errorcode[e.args[0]])
    ticking.join()
    print(len(ticks))


def chance():
    """Everything that is random, or of the clock."""
    with open("/dev/urandom", "rb") as device:
        print(repr(device.read(8)[:8]))
    fd = os.open("/dev/random", os.O_RDONLY)
    print(repr(os.read(fd, 8)), repr(os.urandom(8)))
    os.close(fd)
    print(time.time(), os.times()[:5], tempfile.mktemp())
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF)[:3])
    print(os.getloadavg(), os.sysconf("SC_AVPHYS_PAGES"))
    room = os.statvfs(".")
    print(room.f_bfree, room.f_bavail, room.f_ffree)


def of_the_moment():
    """What cannot be the same: each has to be told."""
    with open("/proc/self/status") as f:
        print("Pid:" in f.read())
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("")
    print(len(listener.getsockname()))


def deadlines():
    """Every call that waits for a time, in virtual time; none takes any."""
    r, w = os.pipe()
    print(select.select([r], [], [], 1000), virtual())
    poll = select.poll()
    poll.register(r, select.POLLIN)
    print(poll.poll(1000000), virtual())
    epoll = select.epoll()
    epoll.register(r, select.EPOLLIN)
    print(epoll.poll(1000), virtual())
    a, b = socket.socketpair()
    a.settimeout(1000)
    try:
        a.recv(1)
    except socket.timeout:
        print("timed out", virtual())

    def write():
        time.sleep(500)
        os.write(w, b"x")

    thread = threading.Thread(target=write)
    thread.start()
    print(select.select([r], [w], [], 1000)[1] == [w])
    print(epoll.poll(1000)[0][1], virtual())
    thread.join()
    b.close()
    print(repr(a.recv(1)))


class Alarm(Exception):
    pass


def signals():
    """Timers' signals and one's own, in the middle of every wait that they interrupt."""
    came = []

    def ring(number, frame):
        raise Alarm()

    def expect(seconds, function, *args):
        signal.alarm(seconds)
        try:
            function(*args)
        except Alarm:
            came.append(virtual())

    signal.signal(signal.SIGALRM, ring)
    r, _ = os.pipe()
    expect(100, time.sleep, 1000)
    expect(100, os.read, r, 1)
    expect(100, select.select, [r], [], [])
    if sys.version_info >= (3, 2):
        lock = threading.Lock()
        lock.acquire()
        expect(100, lock.acquire)
    else:
        expect(100, time.sleep, 1000)
    print(came)

    def kill():
        time.sleep(100)
        os.kill(os.getpid(), signal.SIGALRM)

    thread = threading.Thread(target=kill)
    thread.start()
    expect(0, signal.pause)
    thread.join()
    print(came[-1])
    ticks = []
    signal.signal(signal.SIGALRM, lambda number, frame: ticks.append(1))
    signal.setitimer(signal.ITIMER_REAL, 1, 1)
    end = time.time() + 10.5
    while time.time() < end:
        try:
            time.sleep(0.3)
        except (OSError, IOError):
            pass
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(len(ticks))


def file_locks():
    """Who waits for a lock on a file lets the others run."""
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "lock")
    inside = []

    def lock():
        with open(path, "w") as f:
            fcntl.flock(f, fcntl.LOCK_EX)
            inside.append(1)
            assert len(inside) == 1
            time.sleep(0.01)
            inside.pop()

    in_threads(lock, lock, lock)
    fifo = os.path.join(folder, "fifo")
    os.mkfifo(fifo)

    def write():
        with open(fifo, "wb", 0) as f:
            f.write(b"through it")

    thread = threading.Thread(target=write)
    thread.start()
    with open(fifo, "rb", 0) as f:
        print(f.read(100).decode())
    thread.join()
    shutil.rmtree(folder)


def nobody_there():
    """A port that nobody in the process has: the kernel's own sockets."""
    s = socket.socket()
    print(errno.errorcode[s.connect_ex(("127.0.0.1", 9))])


def standard_input():
    print(sys.stdin.readline().strip())


def own_pipe():
    """Waits for what only it could write."""
    r, w = os.pipe()
    in_threads(lambda: os.read(r, 1))


globals()[sys.argv[1]]()
