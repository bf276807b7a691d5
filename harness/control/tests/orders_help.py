"""A module of set_orders.py's, which is compiled anew where it has no .pyc."""
import logging
import threading

KEPT = [logging.getLogger(name) for name in ("here", "there")]


class Far(object):
    """Of its own module."""

    def __init__(self):
        self.lock = threading.Lock()
