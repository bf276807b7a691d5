# SPDX-License-Identifier: MIT
import threading

out = []


def body():
    out.append(1)


def test_append():
    del out[:]
    threads = [threading.Thread(target=body) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(out) == 2
