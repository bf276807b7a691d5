#!/bin/bash
# SPDX-License-Identifier: MIT
#
# In gdb's "define", "if" or "while" only the last stop's breakpoint commands run, at the end.
#
# gdb 13.1 (Debian 12).  Its manual says that a breakpoint's commands are executed when the program
# stops there.  Line by line in a script it is so: behind "continue" they have run when the next
# line does.  The same lines in a user-defined command, or in an if or while block, run first; the
# breakpoint's commands come when the outermost block has ended.  If the program has stopped three
# times by then, they come once, for the last stop, and the first two stops' are never run,
# without a word.  So a recorder that counts in "commands" what happened, and is driven by a
# "while" that continues, counts one stop of all that the loop made, and a script that was split
# up into defines tells another story than before.
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

cat >steps.c <<'EOF'
static int steps;

static void step(void)
{
    steps++;
}

int main(void)
{
    for (int i = 0; i < 3; i++)
        step();
    return 0;
}
EOF
gcc -g -O0 -o steps steps.c

cat >setup.gdb <<'EOF'
set pagination off
set $counted = 0
break step
commands
silent
set $counted = $counted + 1
printf "seen: steps is %d\n", steps
end
EOF
cat >lines.gdb <<'EOF'
run
printf "next line\n"
continue
printf "next line\n"
continue
printf "next line\n"
EOF
{ echo "define three"; cat lines.gdb; printf 'end\nthree\n'; } >define.gdb
{ echo "if 1"; cat lines.gdb; echo end; } >if.gdb
cat >while.gdb <<'EOF'
run
set $n = 0
while $n < 2
set $n = $n + 1
continue
printf "next line\n"
end
EOF

for kind in lines define if while; do
    "$gdb" -q -nx -batch -x setup.gdb -x $kind.gdb -ex 'printf "counted %d\n", $counted' ./steps \
        >out.txt 2>&1
    echo "$kind: $(grep -E '^(seen|next|counted)' out.txt | paste -sd'|')"
done | tee seen.txt | sed 's/^/    /'

expect() { # WHAT LINE
    if grep -qxF "$2" seen.txt; then echo "as said: $1"; else echo "no longer so: $1"; exit 1; fi
}
first='seen: steps is 0' second='seen: steps is 1' third='seen: steps is 2'
expect "line by line each stop's commands come before the next line" \
    "lines: $first|next line|$second|next line|$third|next line|counted 3"
expect "in a define they come at its end, once for three stops" \
    "define: next line|next line|next line|$third|counted 1"
expect "in an if, too" "if: next line|next line|next line|$third|counted 1"
expect "in a while, too" "while: $first|next line|next line|$third|counted 2"
