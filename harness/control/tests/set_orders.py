"""Prints the orders of sets of objects, which CPython's addresses would decide.

`orders_help` is a module beside it, of which a .pyc may be there or not.
"""
from __future__ import print_function

import platform
import threading
import weakref

import orders_help


class Node(object):
    def __init__(self, number):
        self.number = number

    def get(self):
        return self.number


class Other(Node):
    __slots__ = ()


EARLY = [Node(i) for i in range(9)]
LOCKS = [threading.Lock() for _ in range(9)]


def tell(what, order):
    print(what, list(order))


def of_classes():
    classes = {Node, Other, dict, list, threading.Thread, orders_help.Far, type(None)}
    tell("classes", (one.__name__ for one in classes))


def of_what_is_bound():
    nodes = [Node(i) for i in range(9)]
    lists = [[i] for i in range(9)]
    tell("methods", (one() for one in {node.get for node in nodes}))
    tell("functions in C", (one.__self__[0] for one in {each.append for each in lists}))
    tell("wrappers", (one.__self__[0] for one in {each.__len__ for each in lists}))
    tell("weak", (node.number for node in weakref.WeakSet(nodes)))
    assert {nodes[0].get} == {nodes[0].get} and nodes[0].get in {nodes[0].get: 1}


def of_variables():
    """A context is a trie of its variables' hashes, which PyPy makes of addresses."""
    try:
        import contextvars
    except ImportError:  # before 3.7
        return
    if platform.python_implementation() == "PyPy":
        return
    variables = [contextvars.ContextVar(str(i)) for i in range(40)]
    for i, variable in enumerate(variables):
        variable.set(i)
    tell("context", contextvars.copy_context().values())


def of_many():
    """Objects that come and go, each in the place of another one."""
    for i in range(20000):
        node = Node(i)
        alone = {node}
        assert node in alone
        del node, alone
    many = {Node(i) for i in range(20000)}
    for node in list(many)[::3]:
        many.discard(node)
    assert all(node in many for node in many)
    tell("many", [sum(node.number * i for i, node in enumerate(many))])


def of_tasks():
    try:
        from order_of_tasks import run
    except (ImportError, SyntaxError):  # before 3.7
        return
    run(tell)


def show():
    tell("early", (EARLY.index(node) for node in set(EARLY)))
    tell("locks", (LOCKS.index(lock) for lock in set(LOCKS)))
    of_classes()
    of_what_is_bound()
    of_variables()
    of_many()
    of_tasks()


def test_orders():
    thread = threading.Thread(target=show)
    thread.start()
    thread.join()


if __name__ == "__main__":
    test_orders()
