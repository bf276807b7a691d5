# SPDX-License-Identifier: MIT
"""Two threads that log: what a record says is nobody else's, and where it goes may be."""
import io
import logging
from threading import Thread


def run(logs):
    threads = [Thread(target=log.warning, args=("number %d", i)) for i, log in enumerate(logs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def logger(out):
    log = logging.Logger("log")
    log.addHandler(logging.StreamHandler(out))
    return log


def test_two_logs():
    outs = [io.StringIO(), io.StringIO()]
    run([logger(out) for out in outs])
    assert [out.getvalue() for out in outs] == ["number 0\n", "number 1\n"]


def test_one_log():
    out = io.StringIO()
    run([logger(out)] * 2)
    assert out.getvalue() == "number 0\nnumber 1\n"
