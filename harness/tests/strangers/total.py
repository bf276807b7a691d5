# SPDX-License-Identifier: MIT
"""Requests are counted for the whole module; each of two threads serves one."""
import threading

served = 0


def serve():
    global served
    served += 1


def test_served():
    threads = [threading.Thread(target=serve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert served >= 2


if __name__ == "__main__":
    test_served()
