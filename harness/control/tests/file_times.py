# SPDX-License-Identifier: MIT
"""The programs of check_file_times.c: file_times.py NAME.

Valid on Python 2.7 and 3.7 and later.  "old" and "older" are there before the run.
"""
from __future__ import print_function

import os
import shutil
import subprocess
import sys
import time


def age(path):
    """As a cache has it: in virtual seconds."""
    changed = os.path.getmtime(path)
    return round(time.time() - changed, 1)


def write(path, text="x"):
    with open(path, "w") as f:
        f.write(text)


def cache():
    """What is written in the run is as old as its clock says."""
    write("entry")
    print(age("entry"))
    time.sleep(100)
    print(age("entry"), age("entry") > 60)
    write("entry")
    print(age("entry"))
    time.sleep(5)
    with open("entry", "a") as f:
        f.write("more")
        f.flush()
        time.sleep(7)
        print(age("entry"), round(time.time() - os.fstat(f.fileno()).st_mtime, 1))
    print(os.stat("entry").st_mtime == os.stat("entry").st_atime == os.stat("entry").st_ctime)
    open("empty", "w").close()
    time.sleep(3)
    open("empty", "a").close()
    print(age("empty"))
    open("empty", "w").close()
    print(age("empty"))
    print(os.path.getmtime("entry"))


def before():
    """What was there is in the past, in its order, older than all that is written."""
    write("new")
    times = [os.stat(path).st_mtime for path in ("ancient", "older", "old", "new")]
    print(times[0], times == sorted(set(times)), times[3] < time.time())
    # Hours, and not years: whoever removes what nobody uses any more must not remove this.
    print(3600 < age("old") < 86400, 3600 < age("older") < 86400)
    print(os.stat("old").st_mtime == os.lstat("old").st_mtime == os.stat("old").st_atime)
    with open("old") as f:
        print(os.fstat(f.fileno()).st_mtime == os.stat("old").st_mtime)
    shutil.copy2("old", "copy")
    print(os.path.getmtime("copy") == os.path.getmtime("old"))
    # Python compares it with the number in a .pyc.
    print(os.path.getmtime("module.py"))
    with open("module.py") as f:
        print(os.fstat(f.fileno()).st_mtime)
    write("old", "changed")
    print(age("old"))


def touch():
    """utime(), in each of its forms."""
    write("entry")
    hour = time.time() - 3600
    os.utime("entry", (hour, hour))
    print(age("entry"), round(os.stat("entry").st_atime - hour, 1))
    os.utime("entry", None)
    print(age("entry"))
    time.sleep(50)
    if sys.version_info >= (3,):
        os.utime("old", ns=(1, 2))
        print(os.stat("old").st_atime_ns, os.stat("old").st_mtime_ns)
        fd = os.open("entry", os.O_RDWR)
        os.utime(fd, (10, 20))
        print(os.fstat(fd).st_mtime, os.fstat(fd).st_atime)
        os.pwrite(fd, b"y", 0)
        print(age("entry"), os.fstat(fd).st_atime)
        time.sleep(1)
        os.ftruncate(fd, 0)
        print(age("entry"))
        os.close(fd)


def folders():
    """A folder is changed by what comes and goes."""
    os.mkdir("folder")
    came = [os.stat("folder").st_mtime]

    def note():
        came.append(os.stat("folder").st_mtime)

    write("folder/a")
    note()
    os.mkdir("folder/b")
    note()
    os.rename("folder/a", "folder/c")
    note()
    os.symlink("c", "folder/link")
    note()
    os.unlink("folder/link")
    note()
    os.rmdir("folder/b")
    note()
    os.remove("folder/c")
    note()
    print(came == sorted(set(came)), came[-1] <= time.time())
    os.stat("folder")
    print(os.stat("folder").st_mtime == came[-1])


def modules():
    """Modules that come one after the other, each found at once, and newly compiled."""
    sys.path.insert(0, os.getcwd())
    for i in range(5):
        write("made%d.py" % i, "number = %d\n" % i)
        print(__import__("made%d" % i).number)
    import module
    print(module.number)


def unseen():
    """What a child writes has the time at which somebody asks; and another after it is written
    again."""
    shell = ["/bin/sh", "-c"]
    subprocess.check_call(shell + ["echo one >by_child"])
    time.sleep(10)
    print(age("by_child"))
    time.sleep(10)
    print(age("by_child"))
    subprocess.check_call(shell + ["touch -d @1900000000 by_child"])
    print(age("by_child"))
    print(os.path.getmtime("by_child"))


if __name__ == "__main__":
    globals()[sys.argv[1]]()
