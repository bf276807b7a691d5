#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A cmocka program that passes fails in prove, because of a skipped test or a second group.
#
# cmocka 1.1.5 (Debian 12) writes TAP with CMOCKA_MESSAGE_OUTPUT=TAP. A test that calls skip() is
# neither passed nor failed, the program ends with 0, and the line is "not ok 2 # SKIP": in TAP a
# skipped test is "ok", and prove counts "not ok" as a failure unless it is TODO. A program with
# two cmocka_run_group_tests(), as cmocka's manual has them, writes two plans, each with tests
# from 1, into one stream: prove finds a second plan, tests out of sequence, and one too many.  In
# the other direction a group's teardown that fails is "not ok 0" in TAP, which no plan has,
# nothing at all in the XML, and the program ends with 0: a job that goes by the status or by the
# XML is green.  And "# ok" stands below a group whose setup failed.
#
# Installs into a folder of its own, runs no Spillway.  Ends with 0 if all is as said here.
set -euo pipefail

packages=(libcmocka-dev=1.1.5-2.1 libcmocka0=1.1.5-2.1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q "${packages[@]}" >download.log 2>&1 || { cat download.log; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done
libraries=$work/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH=$libraries

cat >groups.c <<'EOF'
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void holds(void **state)
{
    (void)state;
    assert_true(1);
}

static void skipped(void **state)
{
    (void)state;
    skip();
}

static int fails(void **state)
{
    (void)state;
    return -1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest one[] = { cmocka_unit_test(holds) };
    const struct CMUnitTest two[] = { cmocka_unit_test(holds), cmocka_unit_test(skipped) };
    const char *which = argv[argc - 1];

    if (strcmp(which, "one") == 0)
        return cmocka_run_group_tests_name("first", one, NULL, NULL);
    if (strcmp(which, "skip") == 0)
        return cmocka_run_group_tests_name("first", two, NULL, NULL);
    if (strcmp(which, "groups") == 0)
        return cmocka_run_group_tests_name("first", one, NULL, NULL) +
               cmocka_run_group_tests_name("second", one, NULL, NULL);
    if (strcmp(which, "setup") == 0)
        return cmocka_run_group_tests_name("first", one, fails, NULL);
    return cmocka_run_group_tests_name("first", one, NULL, fails);
}
EOF
gcc -I"$work/root/usr/include" -o groups groups.c -L"$libraries" -lcmocka

expect() { # WHAT COMMAND...
    if "${@:2}" >/dev/null; then echo "as said: $1"; else echo "no longer so: $1"; exit 1; fi
}
ends_with() { # STATUS WHICH: leaves out.tap, and prove.txt with what prove makes of it
    local status=0
    CMOCKA_MESSAGE_OUTPUT=TAP ./groups "$2" >out.tap 2>/dev/null || status=$?
    prove --exec cat out.tap >prove.txt 2>&1 || true
    echo "$2, status $status:"
    sed 's/^/    /' out.tap
    grep -E 'Parse errors|planned|Failed test|^Result' prove.txt | sed 's/^/    prove: /'
    [ "$status" = "$1" ]
}
ends_with 0 one
expect "prove passes a group whose test holds" grep -qx 'Result: PASS' prove.txt

ends_with 0 skip
expect "a skipped test is not ok" grep -q '^not ok 2 # SKIP' out.tap
expect "prove counts it as a failure" grep -qE '^ +Failed test: +2$' prove.txt
expect "and fails the program that ended with 0" grep -qx 'Result: FAIL' prove.txt

ends_with 0 groups
expect "two groups have two plans" test "$(grep -cx '1..1' out.tap)" = 2
expect "prove wants one" grep -q 'More than one plan' prove.txt
expect "and fails the program that ended with 0" grep -qx 'Result: FAIL' prove.txt

ends_with 0 teardown
expect "a group's teardown that fails is test 0" grep -q '^not ok 0 - first' out.tap
CMOCKA_MESSAGE_OUTPUT=XML CMOCKA_XML_FILE=out.xml ./groups teardown
expect "in the XML nothing failed" grep -q 'failures="0" errors="0"' out.xml

ends_with 1 setup
expect "of a group whose setup failed it says ok" grep -qx '# ok - first' out.tap
