# SPDX-License-Identifier: MIT
"""Files: two threads that write, to different ones or to one that has two names."""
import os
import shutil
import tempfile
from threading import Thread


def append(path, text, open=open):
    out = open(path, "a")
    out.write(text)
    out.close()


def leave_open(path, text, open=open):
    """Its buffer is written when the function returns."""
    out = open(path, "a")
    out.write(text)


def read(path, text, open=open):
    with open(path) as file:
        file.read()


def run(body, one, two):
    """What is left in the first file.  A name that begins with a slash is that of the whole path."""
    folder, here = tempfile.mkdtemp(), os.getcwd()
    one, two = (folder + name if name[0] == "/" else name for name in (one, two))
    os.chdir(folder)
    try:
        for name in "old", "older":
            with open(name, "w"):
                pass
        os.link("old", "hard")
        os.symlink("old", "soft")
        os.symlink("new", "dangling")
        threads = [Thread(target=body, args=(one, "1")), Thread(target=body, args=(two, "2"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with open(one) as file:
            return file.read()
    finally:
        os.chdir(here)
        shutil.rmtree(folder)


def test_two_files():
    assert run(append, "/a", "/b") == "1"


def test_two_files_that_are_read():
    run(read, "/old", "/older")


def test_two_files_that_are_left_open():
    assert run(leave_open, "/a", "/b") == "1"


def test_one_file():
    assert run(append, "/a", "/a") == "12"


def test_one_file_that_is_left_open():
    assert run(leave_open, "/a", "/a") == "12"


def test_a_hard_link():
    assert run(append, "/old", "/hard") == "12"


def test_a_symbolic_link():
    assert run(append, "/old", "/soft") == "12"


def test_a_link_to_nothing():
    assert run(append, "/new", "/dangling") == "12"


def test_a_relative_path():
    assert run(append, "/new", "new") == "12"


def test_a_descriptor_that_is_another():
    with tempfile.TemporaryFile("wb", 0) as one, os.fdopen(os.dup(one.fileno()), "wb", 0) as two:
        threads = [Thread(target=one.write, args=(b"1",)), Thread(target=two.write, args=(b"2",))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert os.pread(one.fileno(), 2, 0) == b"12"


def test_a_number():
    """A descriptor's number is that of the second file, or of the first."""
    def look(path, text, open=open):
        out = open(path, "a")
        out.fileno()
        out.close()

    run(look, "/a", "/b")
