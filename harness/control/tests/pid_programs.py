# SPDX-License-Identifier: MIT
"""The programs of check_pid.c: pid_programs.py NAME.

Valid on Python 2.7 and 3.7 and later.  What they print is the same in every run.
"""
from __future__ import print_function

import errno
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading


def expect(what, value):
    """Says what is wrong: not each interpreter has each call."""
    if not value:
        print("not so:", what)


def threads():
    """Each has a number of its own; the first has the process's."""
    numbers = []

    def note():
        numbers.append(threading.get_native_id())

    if hasattr(threading, "get_native_id"):
        for _ in range(2):
            thread = threading.Thread(target=note)
            thread.start()
            thread.join()
        print(threading.get_native_id() - os.getpid(), numbers)
        print(os.path.isdir("/proc/%d/task/%d" % (os.getpid(), threading.get_native_id())))
    print(os.getpid(), os.getppid())


def children():
    """What a fork returned is what its child is called, and each way to wait knows it."""
    r, w = os.pipe()
    for status in range(3):
        pid = os.fork()
        if pid == 0:
            os.write(w, struct.pack("ii", os.getpid(), os.getppid()))
            os._exit(status)
        got = struct.unpack("ii", os.read(r, 8))
        print(pid, got, os.waitpid(pid, 0)[0] == pid)
    child = subprocess.Popen(["/bin/sh", "-c", "exit 4"])
    print(child.pid, child.wait())
    pid = os.fork()
    if pid == 0:
        os._exit(5)
    print(pid, os.wait())
    if hasattr(os, "waitid"):
        pid = os.fork()
        if pid == 0:
            os._exit(6)
        expect("waitid", os.waitid(os.P_PID, pid, os.WEXITED).si_pid == pid)
    if hasattr(os, "posix_spawn"):
        spawned = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 7"], {})
        expect("posix_spawn", spawned == pid + 1 and os.waitpid(spawned, 0) == (spawned, 1792))
    try:
        os.waitpid(pid, 0)
    except OSError as e:
        print(errno.errorcode[e.errno])


def family():
    """A child's own child, and a brother's number that came through a pipe."""
    r, w = os.pipe()
    first = os.fork()
    if first == 0:
        signal.pause()
    second = os.fork()
    if second == 0:
        mine = os.fork()
        if mine == 0:
            os.write(w, struct.pack("iii", os.getpid(), os.getppid(), 0))
            os._exit(0)
        os.waitpid(mine, 0)
        os.kill(first, signal.SIGTERM)
        os.write(w, struct.pack("iii", mine, os.getpid(), os.getppid()))
        os._exit(0)
    print(first, second, os.getpid())
    print(struct.unpack("iii", os.read(r, 12)), struct.unpack("iii", os.read(r, 12)))
    print(os.waitpid(first, 0) == (first, signal.SIGTERM), os.waitpid(second, 0) == (second, 0))


def calls():
    """Each call that takes a number or tells one."""
    me = os.getpid()
    came = []
    signal.signal(signal.SIGUSR1, lambda number, frame: came.append(number))
    os.kill(me, signal.SIGUSR1)
    os.kill(me, 0)
    print(came == [signal.SIGUSR1])
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.write(w, struct.pack("ii", os.getpgrp(), os.getpgid(os.getpid())))
        signal.pause()
    print(pid, struct.unpack("ii", os.read(r, 8)), os.getpgid(pid))
    print(os.getpgid(me) == os.getpgrp(), os.getsid(pid) == os.getsid(0))
    if hasattr(os, "getpriority"):
        expect("getpriority", os.getpriority(os.PRIO_PROCESS, me) ==
               os.getpriority(os.PRIO_PROCESS, pid))
    if hasattr(os, "sched_getaffinity"):
        expect("affinity",
               os.sched_getaffinity(me) == os.sched_getaffinity(0) == os.sched_getaffinity(pid))
        expect("scheduler", os.sched_getscheduler(me) == os.sched_getscheduler(pid) == 0)
    if hasattr(resource, "prlimit"):
        expect("prlimit", resource.prlimit(pid, resource.RLIMIT_CORE) ==
               resource.getrlimit(resource.RLIMIT_CORE))
    if hasattr(os, "pidfd_open"):
        fd = os.pidfd_open(pid)
        signal.pidfd_send_signal(fd, 0)
        os.close(fd)
    os.killpg(pid, signal.SIGTERM)
    print(os.waitpid(-pid, 0) == (pid, signal.SIGTERM))
    try:
        os.kill(pid, 0)
    except OSError as e:
        print(errno.errorcode[e.errno])
    a, _ = socket.socketpair()
    so_peercred = 17
    print(struct.unpack("3i", a.getsockopt(socket.SOL_SOCKET, so_peercred, 12))[0] == me)
    if hasattr(signal, "sigwaitinfo"):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGCHLD])
        os.kill(me, signal.SIGUSR1)
        expect("sigwaitinfo", signal.sigwaitinfo([signal.SIGUSR1]).si_pid == me)
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        expect("SIGCHLD", signal.sigwaitinfo([signal.SIGCHLD]).si_pid == pid)
        os.waitpid(pid, 0)


def paths():
    """/proc knows the numbers that the program knows."""
    me = "/proc/%d" % os.getpid()
    with open(me + "/comm") as f:
        own = f.read()
    with open("/proc/self/comm") as f:
        print(own == f.read())
    print(os.readlink("/proc/self") == str(os.getpid()))
    print(os.readlink(me + "/cwd") == os.getcwd(), os.path.exists(me + "/status"))
    print(os.stat(me).st_ino == os.stat("/proc/self").st_ino, os.access(me, os.R_OK))
    print("status" in os.listdir(me), os.path.exists("/proc/4200999"))
    pid = os.fork()
    if pid == 0:
        signal.pause()
    print(os.readlink("/proc/%d/cwd" % pid) == os.getcwd())
    os.kill(pid, signal.SIGKILL)
    print(os.waitpid(pid, 0) == (pid, signal.SIGKILL), os.path.exists("/proc/%d" % pid))


def pool():
    """The standard library's own processes, which compare numbers."""
    import multiprocessing
    context = multiprocessing.get_context("fork") if sys.version_info >= (3,) else multiprocessing
    pool = context.Pool(2)
    print(sorted(set(pool.map(abs, range(-4, 0)))))
    pool.close()
    pool.join()
    process = context.Process(target=print, args=("in the child",))
    process.start()
    process.join()
    print(process.exitcode, process.is_alive())


def is_alive():
    """The program that checks a file with a number in it, as services do."""
    with open("service.pid", "w") as f:
        f.write("%d\n" % os.getpid())
    with open("service.pid") as f:
        os.kill(int(f.read()), 0)
    os.remove("service.pid")
    # A number that came from elsewhere is the kernel's.  Of one width: a replay reads as many bytes as
    # were recorded, and the kernel's numbers have three digits or seven.
    out = subprocess.check_output(["/bin/sh", "-c", "printf '%7d %7d' $$ $PPID"]).split()
    print(int(out[0]) < 4194304, int(out[1]) < 4194304)
    os.kill(int(out[1]), 0)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
