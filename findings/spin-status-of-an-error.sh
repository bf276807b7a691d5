#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Spin and its verifier end with 0 whatever they have found.
#
# spin 6.5.2 (Debian 12), the model checker.  A violated assertion, a deadlock, an acceptance
# cycle against an LTL formula, and a search that was cut off for its depth: of each the verifier
# prints so, leaves a trail file (except for the last), and ends with 0, as it does for a model
# without errors; so does "spin -run", which makes, compiles and runs it in one go, and "spin -t",
# which replays the trail up to the violated assertion.  The manual page says nothing of statuses.
# Only a simulation ("spin MODEL") that comes upon the violated assertion ends with 1, so that
# whoever tried it there takes it for granted.  A job "spin -run model.pml" is green for ever.
# What tells is the number behind "errors:", together with "max search depth too small", beside
# which it is 0.
#
# Installs into a folder of its own, runs no Spillway.  Ends with 0 if all is as said here.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q spin=6.5.2+dfsg-1 >download.log 2>&1 || { cat download.log; exit 2; }
dpkg -x spin_*.deb root
spin=$work/root/usr/bin/spin
"$spin" -V

cat >assertion.pml <<'EOF'
int n;

active [2] proctype adds()
{
    int t = n;
    n = t + 1
}

active proctype checks()
{
    (_nr_pr == 1) -> assert(n == 2)
}
EOF
cat >deadlock.pml <<'EOF'
chan room = [1] of { byte };

active proctype sends()
{
    room!1;
    room!2
}
EOF
cat >formula.pml <<'EOF'
byte x;
ltl reaches_three { <> (x == 3) }

active proctype changes()
{
    do
    :: x = 1
    :: x = 2
    od
}
EOF
cat >always.pml <<'EOF'
active proctype fails()
{
    assert(false)
}
EOF
cat >right.pml <<'EOF'
active proctype holds()
{
    assert(true)
}
EOF

tell() { # NAME COMMAND...
    local status=0
    "${@:2}" >out.txt 2>&1 || status=$?
    echo "$1: status $status$(sed -nE 's/.*(errors: [0-9]+).*/, \1/p' out.txt |
        head -1)$(grep -q 'depth too small' out.txt && echo ', cut off' || true)"
}
verify() { # MODEL
    tell "spin -run, $1" "$spin" -run $1.pml
    "$spin" -a $1.pml >/dev/null
    gcc -w -o pan pan.c
    tell "verifier, $1" ./pan -a
}
{
    for model in right assertion deadlock formula; do verify $model; done
    "$spin" -a assertion.pml >/dev/null
    gcc -w -o pan pan.c
    tell "verifier of depth 2, assertion" ./pan -m2
    verify always
    tell "simulation, always" "$spin" always.pml
    tell "trail, always" "$spin" -t always.pml
} >seen.txt
sed 's/^/    /' seen.txt

expect() { # WHAT LINE...
    for line in "${@:2}"; do
        grep -qxF "$line" seen.txt || { echo "no longer so: $1"; exit 1; }
    done
    echo "as said: $1"
}
expect "a model without errors" "spin -run, right: status 0, errors: 0" \
    "verifier, right: status 0, errors: 0"
for model in assertion deadlock formula; do
    expect "$model: an error is found, the status is 0" \
        "spin -run, $model: status 0, errors: 1" "verifier, $model: status 0, errors: 1"
done
expect "a search that is cut off has no errors, and 0" \
    "verifier of depth 2, assertion: status 0, errors: 0, cut off"
expect "a simulation ends with 1" "simulation, always: status 1"
expect "the replay of a trail with 0" "trail, always: status 0"
