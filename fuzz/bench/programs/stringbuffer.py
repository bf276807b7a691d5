# SPDX-License-Identifier: MIT
"""A buffer is appended to another while a third party shortens it.

Each method takes the lock of its own buffer; but append() asks the other buffer for its length and
for its characters in two calls, and what is between them can make it shorter: the shape of
java.lang.StringBuffer of the JDK 1.4.

Accesses.  erase, extend: lock; read, write text and count; unlock.  append: lock the target; lock
the source; read its count; unlock; lock the source; read its count and text; unlock; read, write
text and count of the target; unlock.
Grain call: each lock operation is a decision, and so are the calls of the methods.
"""
from threading import RLock, Thread


class Buffer:
    __slots__ = "lock", "text", "count"

    def __init__(self, text, count):
        self.lock, self.text, self.count = RLock(), text, count

    def length(self):
        with self.lock:
            return self.count

    def characters(self, end):
        with self.lock:
            if end > self.count:
                raise IndexError("the buffer has become shorter")
            return self.text[:end]

    def erase(self):
        with self.lock:
            self.text, self.count = "", 0

    def extend(self, text, count):
        with self.lock:
            self.text += text
            self.count += count

    def append(self, other):
        with self.lock:
            length = other.length()
            self.text += other.characters(length)
            self.count += length

    def append_fixed(self, other):
        with other.lock:
            self.append(other)


def replace(buffer):
    buffer.erase()
    buffer.extend("abc", 3)


def stringbuffer(append):
    source, target = Buffer("abc", 3), Buffer("", 0)
    other = Thread(target=replace, args=(source,))
    other.start()
    append(target, source)
    other.join()


def test_stringbuffer():
    stringbuffer(Buffer.append)


def test_stringbuffer_fixed():
    stringbuffer(Buffer.append_fixed)
