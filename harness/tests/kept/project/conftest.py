# SPDX-License-Identifier: MIT
import threading

import pytest


@pytest.fixture
def lock():
    return threading.Lock()


@pytest.fixture
def together():
    def run(*bodies):
        threads = [threading.Thread(target=body) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run
