# SPDX-License-Identifier: MIT
from threading import Thread

class S:
    __slots__ = ('x', 'y')

def t1(s, seen):
    seen.append(s.y)
    seen.append(s.x)

def t2(s, seen):
    seen.append(s.x)

def t3(s, seen):
    seen.append(s.x)
    s.y = 9
    s.x = 3

def test_false_proof():
    s = S()
    s.x = s.y = 0
    seen = [[], [], []]
    a, b, c = [Thread(target=f, args=(s, own)) for f, own in zip((t1, t2, t3), seen)]
    a.start(); b.start(); c.start()
    a.join(); b.join(); c.join()
    assert seen != [[9, 0], [3], [0]]
