#!/bin/bash
# SPDX-License-Identifier: MIT
#
# libcheck's TAP log carries a test's message as it is.
#
# libcheck 0.15.2 (Debian 12) writes "not ok N - FILE:CASE:TEST: MESSAGE" and escapes nothing in
# MESSAGE, though its XML log does.  So a failure whose message has two lines, of which the second
# looks like TAP, is counted as one test more, and every number behind it is out of sequence; and a
# failure whose message has " # TODO" in it is, to a reader of TAP, a failure that was expected.
# Also, the runs of a loop test have one name: the log does not say which iteration failed, though
# the XML does.  Whoever reads the log has to look at the program's exit status, too.
#
# Installs into a folder of its own, runs no Spillway.  Ends with 0 if all is as said here.
set -euo pipefail

packages=(check=0.15.2-2+b1 libsubunit-dev=1.4.0-3 libsubunit0=1.4.0-3)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q "${packages[@]}" >download.log 2>&1 || { cat download.log; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done
libraries=$work/root/usr/lib/x86_64-linux-gnu

cat >messages.c <<'EOF'
#include <check.h>

START_TEST(two_lines)
{
    ck_abort_msg("the answer was:\nok 2 - from the device");
}
END_TEST

START_TEST(a_word)
{
    ck_abort_msg("item 7 # TODO was still in the list");
}
END_TEST

START_TEST(looped)
{
    ck_assert_int_ne(_i, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("messages");
    TCase *tests = tcase_create("c");
    SRunner *runner = srunner_create(suite);

    suite_add_tcase(suite, tests);
    tcase_add_test(tests, two_lines);
    tcase_add_test(tests, a_word);
    tcase_add_loop_test(tests, looped, 0, 3);
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
EOF
gcc -I"$work/root/usr/include" -I"$work/root/usr/include/x86_64-linux-gnu" -o messages messages.c \
    "$libraries/libcheck.a" "$libraries/libsubunit.a" -lrt -lm -lpthread

echo "libcheck 0.15.2, TAP:"
CK_TAP_LOG_FILE_NAME=log.tap CK_XML_LOG_FILE_NAME=log.xml ./messages && exit 1
sed 's/^/    /' log.tap
echo "what prove makes of it:"
prove --exec cat log.tap >prove.txt 2>&1 || true
grep -E 'Tests:|Failed test|sequence|TODO|planned' prove.txt | sed 's/^/    /'

expect() { # WHAT COMMAND...
    if "${@:2}" >/dev/null; then echo "as said: $1"; else echo "no longer so: $1"; exit 1; fi
}
expect "five tests are planned" grep -qx '1..5' log.tap
expect "a line of a message stands as a test" grep -qx 'ok 2 - from the device' log.tap
expect "prove counts six of them" grep -q 'You planned 5 tests but ran 6' prove.txt
expect "prove does not count the failure with # TODO" grep -qE 'Failed: [12]\)' prove.txt
expect "nor names it" sh -c '! grep -E "^ *Failed tests?:" prove.txt | grep -qw 2'
expect "an iteration has no number" sh -c \
    '[ "$(grep -c ":looped: " log.tap)" = 3 ] && ! grep -q "looped.*[(\[]1" log.tap'
expect "the XML escapes the line's end" grep -q 'was:&#x0*A;ok 2' log.xml
expect "the XML has the iteration" grep -q '<iteration>1</iteration>' log.xml
