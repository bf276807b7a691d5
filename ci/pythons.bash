# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The interpreters that have the module stackless, as commands: slpython, lab, and stock, which is
# Debian's Python with the extension module.
# shellcheck disable=SC2034  # for who reads this file
slpython=(env PYTHONDONTWRITEBYTECODE=1 "$BIN/slpython")
lab=(env PYTHONDONTWRITEBYTECODE=1 "$BIN/slpython-lab")
stock=(env "PYTHONPATH=$BUILD/lib/python" PYTHONDONTWRITEBYTECODE=1 "$PYTHON")
