# SPDX-License-Identifier: MIT
"""What a hostile program does: the table of test_hostile.py.

Each is a piece of Python, of which test_hostile makes a function of a test.  Two threads have run
before it.  For each command what its exit status may be: one number or several.  Who hangs has a
watchdog of a few seconds.
"""

import collections

Hostile = collections.namedtuple("Hostile", "name record explore body hangs", defaults=[False])

# Of pages of what the runner and the program share, each with so many words.
SCRIBBLE = """
    import ctypes, random
    draw = random.Random({seed})
    shared = [line.split() for line in open("/proc/self/maps") if "/memfd:spillway" in line]
    for row in shared:
        begin, end = (int(part, 16) for part in row[0].split("-"))
        if "w" not in row[1]:
            continue
        pages = range(begin, end, 4096) if {seed} % 4 else range(begin, begin + 1_600_000, 4096)
        for page in draw.sample(pages, min(400, len(pages))):
            for _ in range(40):
                word = draw.choice([0, 1, 2**32 - 1, 2**31, draw.getrandbits(32)])
                ctypes.c_uint32.from_address(page + 4 * draw.randrange(1024)).value = word
    {then}
"""
THEN = ["os._exit(0)", "os.kill(os.getpid(), 9)", "assert 0", "run_threads()"]

TABLE = [
    Hostile("spins", (1, 2), (1, 2), "while True: pass", True),
    Hostile("hangs_in_c", 2, (2, 3), "__import__('re').match('(a*)*b', 'a' * 60)", True),
    Hostile("stops_itself", 2, (2, 3), "os.kill(os.getpid(), signal.SIGSTOP)", True),
    Hostile("ignores_signals", 2, (2, 3), """
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    __import__('re').match('(a*)*b', 'a' * 60)
""", True),
    Hostile("forks", 1, 1, """
    for i in range(40):
        if os.fork() == 0:
            if i % 2: os.setsid()
            while True: signal.pause()
    assert 0
"""),
    Hostile("leaves_a_daemon_with_its_output", (0, 3), (0, 3), """
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True: signal.pause()
        os._exit(0)
"""),
    Hostile("execs", (0, 1, 2, 3), (0, 1, 2, 3), "os.execv('/bin/true', ['true'])"),
    Hostile("execs_what_hangs", (2, 3), (2, 3), "os.execv('/bin/sleep', ['sleep', '1000000'])", True),
    Hostile("closes_all", (0, 1, 2, 3), (0, 1, 2, 3), "os.closerange(0, 65536); run_threads()"),
    Hostile("writes_to_all", 1, 1, """
    for fd in range(3, 512):
        try: os.write(fd, b'nonsense' * 100)
        except OSError: pass
    assert 0
"""),
    Hostile("has_no_descriptors", 1, 1, """
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    run_threads()
    assert 0
"""),
    Hostile("has_no_memory", 1, 1, """
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    kept = []
    while True: kept.append(bytearray(1 << 16))
"""),
    Hostile("has_no_memory_for_threads", 1, 1, """
    used = int(open('/proc/self/statm').read().split()[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (used, used))
    run_threads()
"""),
    Hostile("has_no_processes", (0, 1), (0, 1), """
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    run_threads()
"""),
    Hostile("overflows_the_stack", 1, 1, """
    sys.setrecursionlimit(1 << 30)
    def deeper(_): return sorted([1], key=deeper)
    deeper(0)
"""),
    Hostile("overflows_the_stack_of_a_thread", 1, 1, """
    sys.setrecursionlimit(1 << 30)
    def deeper(_=0): return sorted([1], key=deeper)
    thread = threading.Thread(target=deeper); thread.start(); thread.join()
"""),
    Hostile("aborts", 1, 1, "os.abort()"),
    Hostile("jumps_to_nowhere", 1, 1, "__import__('ctypes').CFUNCTYPE(None)(8)()"),
    Hostile("ends_in_a_thread", (0, 1), (0, 1), """
    thread = threading.Thread(target=os._exit, args=(7,)); thread.start(); thread.join()
"""),
    Hostile("removes_its_folders", (1, 2), (1, 2), """
    import shutil, tempfile
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)
    shutil.rmtree(os.getcwd(), ignore_errors=True)
    assert 0
"""),
    Hostile("works_in_a_removed_folder", 1, 1, """
    os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')
    run_threads()
    assert 0
"""),
    Hostile("has_no_temporary_folder", 1, 1, """
    import shutil, tempfile
    shutil.rmtree(os.environ.pop('TMPDIR', tempfile.gettempdir()))
    run_threads()
    tempfile.tempdir = None
    assert not tempfile.gettempdir()
"""),
    Hostile("has_no_time_left", 1, 1, """
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    while True: sorted(range(100000))
"""),
    Hostile("may_write_nothing", 1, 1, """
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    run_threads()
    os.write(os.open('it.sched', os.O_WRONLY | os.O_CREAT), b'x')
"""),
    Hostile("stops_all_of_its_group", 2, (2, 3), """
    if os.fork() == 0:
        os.setpgid(0, 0)
        os.kill(os.getppid(), signal.SIGSTOP)
        while True: signal.pause()
    run_threads()
    while True: signal.pause()
""", True),
    Hostile("unmaps_what_is_shared", 1, 1, """
    import ctypes
    for line in open('/proc/self/maps').readlines():
        if '/memfd:spillway' in line:
            begin, end = (int(part, 16) for part in line.split()[0].split('-'))
            ctypes.CDLL(None).munmap(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin))
    run_threads()
"""),
    Hostile("cuts_what_is_shared", 0, 0, """
    for where in ('/proc/self/fd/', '/proc/self/map_files/'):
        for name in os.listdir(where):
            try:
                if '/memfd:spillway' in os.readlink(where + name):
                    os.truncate(where + name, 0)
            except OSError: pass
    run_threads()
"""),
    Hostile("has_a_timer", (1, 2), (1, 2), """
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, 0.01)
    while True: pass
""", True),
]


def scribbles(seed):
    body = SCRIBBLE.format(seed=seed, then=THEN[seed // 4 % len(THEN)])
    return Hostile(f"scribbles_{seed}", (0, 1, 2, 3), (0, 1, 2, 3), body)


def prints(mebibytes):
    body = f"""
    for _ in range({mebibytes}): os.write(1 + _ % 2, b'x' * (1 << 20))
    assert 0
"""
    return Hostile(f"prints_{mebibytes}_mebibytes", 1, 1, body)


def is_killed(k):
    """Before its event number k: a bytecode of any thread."""
    body = f"""
    left = [{k}]
    def trace(frame, event, argument):
        frame.f_trace_opcodes = True
        left[0] -= 1
        if left[0] == 0: os.kill(os.getpid(), signal.SIGKILL)
        return trace
    threading.settrace(trace); sys.settrace(trace)
    while True: run_threads()
"""
    return Hostile(f"is_killed_{k}", 1, 1, body)
