# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# checks    names the libcheck programs of TREE, as paths below BIN
#
# They are found by their sources: one that was not built is named as well, and fails; and what an
# older tree has left in BIN is not.
checks() {
    find "$TREE" -path "$TREE/build" -prune -o \
        -path '*/tests/*' -name 'check_*.c' -printf '%P\n' | sed 's/\.c$//' | sort
}
