# SPDX-License-Identifier: MIT
"""Several archives are unpacked into one folder at once."""
import io
import os
import shutil
import tempfile
import threading
import zipfile


def make(name):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("docs/%s.txt" % name, b"x")
    return data


def scenario(prepare):
    folder = tempfile.mkdtemp()
    if prepare:
        os.mkdir(os.path.join(folder, "docs"))
    try:
        def unpack(name):
            with zipfile.ZipFile(make(name)) as archive:
                archive.extractall(folder)

        threads = [threading.Thread(target=unpack, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(os.listdir(os.path.join(folder, "docs"))) == ["a.txt", "b.txt"]
    finally:
        shutil.rmtree(folder)


def test_unpack():
    scenario(False)


def test_unpack_fixed():
    scenario(True)


if __name__ == "__main__":
    scenario(False)
