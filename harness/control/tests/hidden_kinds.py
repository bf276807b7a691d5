# SPDX-License-Identifier: MIT
"""What a program may see of order, chance and time, a line a kind.

check_hidden_kinds.c says of each which setting changes it, or what names it as not controlled.
"""
import ctypes
import gc
import glob
import hashlib
import os
import random
import resource
import secrets
import select
import signal
import socket
import ssl
import sys
import tempfile
import threading
import time
import uuid

KINDS = []


def kind(function):
    KINDS.append(function)
    return function


class Plain:
    pass


# ---- chance ----

@kind
def random_module():
    return random.random(), random.SystemRandom().random(), random.Random().random()


@kind
def os_random():
    return os.urandom(4), os.getrandom(4), secrets.token_hex(4)


@kind
def random_device():
    libc = ctypes.CDLL(None)
    libc.fopen.restype = libc.fread.restype = ctypes.c_void_p
    libc.fopen.argtypes = [ctypes.c_char_p] * 2
    libc.fread.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p]
    block = ctypes.create_string_buffer(4)
    libc.fread(block, 1, 4, libc.fopen(b"/dev/urandom", b"r"))
    return open("/dev/urandom", "rb", 0).read(4), block.raw


@kind
def random_bytes_of_the_process():
    libc = ctypes.CDLL(None)
    libc.getauxval.restype = ctypes.c_ulong
    return ctypes.string_at(libc.getauxval(25), 16)  # AT_RANDOM


@kind
def uuids():
    return uuid.uuid4()


@kind
def openssl_random():
    return ssl.RAND_bytes(4)


@kind
def temporary_names():
    return os.path.basename(tempfile.mkdtemp()), next(tempfile._get_candidate_names())


# ---- orders ----

@kind
def hashes_of_texts():
    return hash("a"), list({"a", "b", "c", "d", "e"})


@kind
def orders_of_objects():
    many = [Plain() for _ in range(8)]
    return [many.index(one) for one in set(many)]


@kind
def addresses():
    return id(Plain()), hash(object())


@kind
def orders_of_folders():
    folder = tempfile.mkdtemp()
    for name in "hgfedcba":
        open(os.path.join(folder, name), "w").close()
    names = [os.path.basename(name) for name in glob.glob(folder + "/*")]
    return names, os.listdir(folder), [one.name for one in os.scandir(folder)]


@kind
def ready_events():
    pairs = [socket.socketpair() for _ in range(3)]
    poll, epoll = select.poll(), select.epoll()
    for one, other in reversed(pairs):
        other.send(b"x")
        poll.register(one, select.POLLIN)
        epoll.register(one, select.EPOLLIN)
    return poll.poll(), epoll.poll(), [one.fileno() for one in select.select(
        [one for one, _ in pairs], [], [])[0]]


@kind
def signals():
    seen = []
    for number in signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP:
        signal.signal(number, lambda number, frame: seen.append(int(number)))
    signal.pthread_sigmask(signal.SIG_BLOCK, [10, 12, 1])
    for number in 12, 1, 10:
        os.kill(os.getpid(), number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [10, 12, 1])
    return seen


@kind
def children():
    pids = []
    for status in 3, 5:
        pid = os.fork()
        if pid == 0:
            os._exit(status)
        pids.append(pid)
    return pids, [os.waitpid(-1, 0) for _ in pids]


@kind
def collections():
    before = gc.get_count(), [one["collections"] for one in gc.get_stats()]
    many = [[i] for i in range(2000)]
    return before, gc.get_count(), len(many)


# ---- time ----

@kind
def clocks():
    clock_ids = sorted(name for name in dir(time) if name.startswith("CLOCK_"))
    return time.time_ns(), time.perf_counter_ns(), time.monotonic_ns(), [
        (name, time.clock_gettime_ns(getattr(time, name))) for name in clock_ids]


@kind
def processor_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (time.process_time_ns(), time.thread_time_ns(), tuple(os.times()), usage.ru_utime,
            usage.ru_stime)


@kind
def dates():
    return time.ctime(), uuid.uuid1(node=1)


@kind
def times_of_files():
    path = os.path.join(tempfile.mkdtemp(), "file")
    with open(path, "w") as out:
        out.write("x")
    status = os.stat(path)
    return status.st_mtime_ns, status.st_ctime_ns, status.st_atime_ns


# ---- what the machine is and does ----

@kind
def numbers_of_processes():
    return os.getpid(), os.getppid(), os.getpgid(0), os.getsid(0)


@kind
def numbers_of_threads():
    numbers = []
    thread = threading.Thread(target=lambda: numbers.append(
        (threading.get_ident(), threading.get_native_id())))
    thread.start()
    thread.join()
    return numbers, threading.get_ident(), threading.get_native_id()


@kind
def machine():
    return os.cpu_count(), len(os.sched_getaffinity(0)), socket.gethostname() != ""


@kind
def ports():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()


@kind
def proc_self():
    return open("/proc/self/stat").read().split()[:5], sorted(os.listdir("/proc/self/fd"))


@kind
def resource_use():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@kind
def load():
    return os.getloadavg()


if __name__ == "__main__":
    NAMED = [one for one in KINDS if one.__name__ in sys.argv[1:]]
    for function in NAMED or [one for one in KINDS if one is not proc_self]:
        try:
            value = function()
        except Exception as error:
            value = repr(error)
        print(function.__name__, value, flush=True)
