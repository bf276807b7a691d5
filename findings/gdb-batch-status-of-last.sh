#!/bin/bash
# SPDX-License-Identifier: MIT
#
# gdb -batch ends with the status of the last -x or -ex, and the others may fail.
#
# gdb 13.1 (Debian 12).  Its manual says of -batch that the status is not zero if an error occurs
# while the commands of the command files are executed.  It is so for the last -x or -ex of the
# command line alone.  A script that stops at an error counts for nothing if a command that works
# comes behind it, and that one runs without what the script should have set up; and after a script
# that went well a last command that fails makes a failure of it.  A job that looks at a core with
# `gdb -batch -x check.gdb -ex bt` is green whatever check.gdb finds.  Whoever wants to know puts all
# into one script, which stops at its first error and says so.
#
# Installs into a folder of its own, runs no Spillway.  Ends with 0 if all is as said here.
set -euo pipefail

packages=(gdb-minimal=13.1-3 libmpfr6=4.2.0-1 libgmp10=2:6.2.1+dfsg1-1.1
    libncursesw6=6.4-4 libreadline8=8.2-1.3 libxxhash0=0.8.1-1 libexpat1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q "${packages[@]}" >download.log 2>&1 || { cat download.log; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu
gdb=$work/root/usr/bin/gdb
"$gdb" --version | head -1

printf 'print 6 * 7\nno-such-command\nprint 1000 + 1\n' >fails.gdb
printf 'print 10 + 1\n' >works.gdb

wrong=0
check() { # STATUS WANTED-OUTPUT OPTION...
    local status=0 wanted=$1 output=$2
    shift 2
    "$gdb" -q -nx -batch "$@" >out 2>err || status=$?
    printf 'status %d, printed "%s": gdb -batch %s\n' "$status" "$(paste -sd' ' out)" "$*"
    [ "$status" = "$wanted" ] && [ "$(paste -sd' ' out)" = "$output" ] || wrong=1
}

check 1 '$1 = 42' -x fails.gdb
check 0 '$1 = 42 $2 = 11' -x fails.gdb -x works.gdb
check 0 '$1 = 42 $2 = 11' -x fails.gdb -ex 'print 10 + 1'
check 0 '$1 = 11' -ex no-such-command -ex 'print 10 + 1'
check 1 '$1 = 11' -x works.gdb -ex no-such-command
printf 'source fails.gdb\nsource works.gdb\n' >both.gdb
check 1 '$1 = 42' -x both.gdb

if [ "$wrong" = 0 ]; then
    echo "as said: the last one alone decides"
else
    echo "not as said" >&2
    exit 1
fi
