# SPDX-License-Identifier: MIT
"""TAP, the Test Anything Protocol: what prove reads, and people, too."""


def plain(name):
    """A command may have a comment, and what is behind a "#" in a name would be a directive."""
    return name.replace("#", "")


class Tap:
    def __init__(self, out):
        self.out = out
        self.number = 0
        self.failed = 0

    def result(self, good, name, why=""):
        """`why` is shown when it is not good: as comments below the result."""
        self.number += 1
        self.failed += not good
        self.say(f"{'ok' if good else 'not ok'} {self.number} - {plain(name)}")
        if not good:
            for line in why.splitlines():
                self.note(line)

    def skip(self, name, reason):
        self.number += 1
        self.say(f"ok {self.number} - {plain(name)} # SKIP {reason}")

    def note(self, text):
        self.say(f"# {text}")

    def end(self):
        """The exit status.  A page without anything to check has lost its marks."""
        self.say(f"1..{self.number}")
        return 1 if self.failed or not self.number else 0

    def say(self, line):
        print(line, file=self.out, flush=True)
