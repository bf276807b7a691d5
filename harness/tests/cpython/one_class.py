# SPDX-License-Identifier: MIT
"""one_class.py NAME: what `recorded` has run under control.  unittest's __main__ is part of a package."""

import sys
import unittest

unittest.main(module=None, argv=["one_class", "-q", *sys.argv[1:]])
