# SPDX-License-Identifier: MIT
"""A folder in which the commands of one page run: a copy of the tree, with its programs on PATH.

A command may write where it likes, also over files of the tree.  What it leaves is there for the
next one of the page.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

# How far a search or minimise is, every ten seconds: where it is fast nobody is told.
PROGRESS = re.compile(r"\d+( of \d+)? schedules in \d+ s, .* a second.*, \d+ failures?\b"
                      r"|\d+ runs, \d+ deviations$")
SECONDS = 3600  # for one block; ci/test is stricter, but measuring takes long


class Scratch:
    def __init__(self, root, programs):
        self.root, self.programs = root, programs.resolve()
        self.folder = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp()
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others",
                                 "--exclude-standard"], cwd=self.root, check=True,
                                stdout=subprocess.PIPE, text=True)
        for name in filter(None, listed.stdout.split("\0")):
            source, target = self.root / name, Path(self.folder, name)
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        Path(self.folder, "build").symlink_to(self.programs.parent)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def write(self, name, lines):
        path = Path(self.folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def environment(self):
        """What a reader has, and nothing that only this shell has, but what makes it faster."""
        known = {name: os.environ[name] for name in ["SPILLWAY_KNOWN"] if name in os.environ}
        return {**known, "PATH": f"{self.programs}:/usr/local/bin:/usr/bin:/bin", "HOME": self.folder,
                "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "100",
                "BIN": str(self.programs)}

    def run(self, commands, errors=True):
        """What each of the commands prints, as lines; one shell runs them all.

        With errors, what goes to stderr is in its place among it.
        """
        # Each in a file of its own: a line between two outputs could be one of theirs.
        script = ""
        for number, command in enumerate(commands):
            ends = f">{self.folder}/.output-{number} {'2>&1' if errors else '2>/dev/null'} </dev/null"
            script += f"(exit $status)\n{{ {command}\n}} {ends}\nstatus=$?\n"
        shell = subprocess.Popen(["/bin/bash", "-c", "status=0\n" + script], cwd=self.folder,
                                 env=self.environment(), start_new_session=True)
        try:
            shell.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
        return [self._take(number) for number in range(len(commands))]

    def _take(self, number):
        path = Path(self.folder, f".output-{number}")
        if not path.exists():
            return ["(it was not run: the shell had ended)"]
        text = path.read_text(encoding="utf-8", errors="replace")
        path.unlink()
        return [line.rstrip() for line in text.splitlines() if not PROGRESS.match(line)]
