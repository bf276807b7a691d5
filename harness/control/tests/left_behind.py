# SPDX-License-Identifier: MIT
"""Each test leaves something behind, and fails where it finds what another schedule has left."""
import _thread
import ctypes
import mmap
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.getcwd()
text = open(__file__, "rb", buffering=0)
begun = time.time()
expected = random.Random()
expected.setstate(random.getstate())
big = bytearray(1 << 22)
PAGE, PROT = 4096, mmap.PROT_READ | mmap.PROT_WRITE
pages = mmap.mmap(-1, 8 * PAGE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
pages[:7 * PAGE] = b"1" * 7 * PAGE  # the last has not been touched
libc = ctypes.CDLL(None)
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
count = 0
lock = threading.Lock()
NICE, LIMIT = os.nice(0), resource.getrlimit(resource.RLIMIT_NPROC)


def together():
    """A schedule needs two threads, or there is none."""
    def body():
        for _ in range(3):
            pass
    threads = [threading.Thread(target=body) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_variable():
    global count
    together()
    count += 1
    assert count == 1


def test_a_position_in_a_file():
    together()
    assert text.read(1) == b"#"


def test_a_closed_file():
    together()
    assert os.fstat(text.fileno())
    os.close(text.fileno())


def test_another_file_in_its_place():
    together()
    assert os.fstat(text.fileno()).st_size == os.stat(__file__).st_size
    other = os.open("/dev/null", os.O_RDONLY)
    os.dup2(other, text.fileno())


def test_open_files():
    together()
    assert os.dup(0) < 10
    for _ in range(20):
        os.dup(0)


def test_a_pipe():
    together()
    fds = os.pipe()
    assert fds[0] < 10
    os.write(fds[1], b"x")


def test_a_folder_and_a_mask():
    together()
    assert os.getcwd() == HERE and os.umask(0o77) != 0o77
    os.chdir("/")


def test_a_limit():
    together()
    assert resource.getrlimit(resource.RLIMIT_NPROC) == LIMIT
    resource.setrlimit(resource.RLIMIT_NPROC, (77, LIMIT[1]))


def test_a_priority():
    together()
    assert os.nice(0) == NICE
    os.nice(1)


def test_a_handler():
    together()
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL
    signal.signal(signal.SIGUSR1, lambda *_: None)
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])


def test_a_blocked_signal():
    together()
    assert signal.SIGUSR2 not in signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])


def test_a_timer():
    together()
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    signal.setitimer(signal.ITIMER_REAL, 1000)


def test_an_environment():
    together()
    assert "LEFT" not in os.environ
    os.environ["LEFT"] = "behind"


def test_chance():
    together()
    assert random.random() == expected.random()


def test_the_time():
    together()
    assert time.time() - begun < 1
    time.sleep(100)


def test_a_module():
    together()
    assert "_decimal" not in sys.modules and "sqlite3" not in sys.modules
    import _decimal  # a library is loaded, and a few megabytes mapped
    assert _decimal


def test_memory():
    global big
    together()
    assert big.count(0) == 1 << 22
    big[:] = b"1" * (1 << 22)
    big = None  # what was mapped is mapped no more
    mmap.mmap(-1, 1 << 20)


def test_pages_that_change_in_each_way():
    """Written by the program and by a system call, given back, mapped anew, not to be written."""
    together()
    assert pages[:] == b"1" * 7 * PAGE + b"\0" * PAGE
    view = memoryview(pages)
    first = ctypes.addressof(ctypes.c_char.from_buffer(pages))
    view[:1] = b"2"
    with open("/dev/zero", "rb", buffering=0) as zero:
        assert zero.readinto(view[PAGE:2 * PAGE]) == PAGE
    pages.madvise(mmap.MADV_DONTNEED, 2 * PAGE, PAGE)
    fixed = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x10  # MAP_FIXED
    for n, content in (3, b"\0"), (4, b"2"):
        libc.mmap(first + n * PAGE, PAGE, PROT, fixed, -1, 0)
        view[n * PAGE:n * PAGE + 1] = content
    libc.mmap(first + 5 * PAGE, PAGE, PROT, fixed, -1, 0)
    libc.mprotect(first + 6 * PAGE, PAGE, mmap.PROT_READ)
    view[7 * PAGE:7 * PAGE + 1] = b"2"


def test_a_map_that_is_another_one():
    """Of the same size at the same place: no list of maps shows that."""
    together()
    assert pages[:] == b"1" * 7 * PAGE + b"\0" * PAGE
    first = ctypes.addressof(ctypes.c_char.from_buffer(pages))
    libc.munmap(ctypes.c_void_p(first), ctypes.c_size_t(8 * PAGE))
    libc.mmap(first, 8 * PAGE, PROT, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x10, -1, 0)
    assert pages[0] == 0


def test_a_deep_stack():
    def deeper(n):
        return 0 if n == 0 else 1 + max(map(deeper, [n - 1]))
    together()
    assert deeper(300) == 300


def test_a_held_lock():
    together()
    assert lock.acquire(False)


def test_a_thread_that_waits_for_ever():
    global count
    together()
    never = _thread.allocate_lock()
    never.acquire()
    _thread.start_new_thread(never.acquire, ())
    count += 1
    assert count == 1


def test_a_child():
    global count
    count += 1
    assert count == 1
    together()
    child = subprocess.Popen(["sleep", "1000"])
    assert child.pid


def test_many_threads():
    threads = [threading.Thread(target=together) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert threading.active_count() == 1


def test_a_temporary_file():
    together()
    with tempfile.TemporaryDirectory() as folder:
        assert os.listdir(folder) == []
        open(os.path.join(folder, "left"), "w").close()


def test_a_file_of_a_name_of_its_own():
    path = os.path.join(tempfile.gettempdir(), "left")
    together()
    assert not os.path.exists(path)
    open(path, "w").close()


def test_a_tree_of_temporary_folders():
    below = os.path.join(tempfile.mkdtemp(), *"abcdefghijklmnopqrstuvwxyz")
    together()
    assert len(os.listdir(tempfile.gettempdir())) == 1
    os.makedirs(below)
    open(os.path.join(below, "left"), "w").close()
    os.chmod(below, 0)


def test_what_others_have_at_the_same_time():
    """Where two jobs have a folder together, one finds what another one has not yet removed."""
    path = os.path.join(tempfile.gettempdir(), "counted")

    def add():
        with open(path, "a") as file:
            file.write("x")

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    size = os.path.getsize(path)
    os.remove(path)
    assert size == 2, size
