# SPDX-License-Identifier: MIT
"""Two threads of the code under test use the same mock; then the test asks it."""
import threading
from unittest import mock


def scenario(touch):
    sock = mock.MagicMock()
    if touch:
        sock.sendall
    threads = [threading.Thread(target=lambda: sock.sendall(b"x")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sock.sendall.call_count == 2, sock.sendall.call_count


def test_sent():
    scenario(False)


def test_sent_touched():
    scenario(True)


def test_sent_fixed():
    sock = mock.MagicMock()
    lock = threading.Lock()

    def send():
        with lock:
            sock.sendall(b"x")

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sock.sendall.call_count == 2, sock.sendall.call_count
