#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Of a core, gdb shows a mapped file as the file is now, and does not say so.
#
# gdb 13.1 (Debian 12).  A core does not have the pages of a file that is mapped shared (core(5):
# the default of coredump_filter leaves them out), nor of one that is mapped read-only; it has the
# list of what was mapped, NT_FILE.  gdb reads what is missing from the file itself, as it does for
# a program's text.  A program has a build ID that can be compared; of any other file gdb compares
# nothing, neither its date nor its size, and prints what the file has got today as what the
# process had then.  Only when the file is gone does it say that the memory cannot be accessed,
# which is the answer that one expects of what is not in the core.  Whoever keeps the state of a
# run in a mapped file (a ring of events, shared memory below a path, a database) and looks at an
# old core after a new run sees the new run in it.
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

cat >maps.c <<'EOF'
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

static char *shared, *only_read, own[32];

static void crash_here(void)
{
}

int main(int argc, char **argv)
{
    int fd = open(argv[argc - 1], O_RDWR);

    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    only_read = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    strcpy(shared, "state of the first run");
    strcpy(own, "state of the first run");
    crash_here();
    return 0;
}
EOF
gcc -g -O0 -o maps maps.c
head -c 4096 /dev/zero >state

look() { # WHEN CORE: what is printed of it, and what gdb says beside it
    "$gdb" -q -nx -batch -ex 'printf "own: %s\n", own' -ex 'x/s shared' -ex 'x/s only_read' \
        ./maps "$2" >out.txt 2>&1
    sed -nE "s/^own: /$1, own: /p; s/^0x[0-9a-f]+:[[:space:]]+/$1, mapped: /p" out.txt
    grep -i 'warn' out.txt | sed "s/^/$1: /" || true
}
"$gdb" -q -nx -batch -ex 'break crash_here' -ex 'run state' -ex 'generate-core-file first.core' \
    -ex kill ./maps >made.txt 2>&1
grep -q 'Saved corefile' made.txt || { cat made.txt; exit 2; }
look "at once" first.core >seen.txt
printf 'state of another run\0and more' | dd of=state conv=notrunc status=none
echo longer >>state
look "after another run" first.core >>seen.txt
rm state
look "without the file" first.core >>seen.txt
echo "a core of a process that wrote \"state of the first run\":"
sed 's/^/    /' seen.txt

expect() { # WHAT COUNT LINE
    if [ "$(grep -c -- "$3" seen.txt || true)" = "$2" ]; then
        echo "as said: $1"
    else
        echo "no longer so: $1"
        exit 1
    fi
}
expect "what is in the core is as it was" 3 ', own: state of the first run$'
expect "what is mapped is read" 2 '^at once, mapped: "state of the first run"$'
expect "what is mapped is what the file has now" 2 \
    '^after another run, mapped: "state of another run"$'
expect "gdb warns of nothing" 0 '^after another run: '
expect "without the file it says so" 2 '^without the file, mapped: .*Cannot access memory'
