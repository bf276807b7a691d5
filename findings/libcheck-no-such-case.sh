#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A libcheck program that is asked for a suite or case that it does not have passes.
#
# libcheck 0.15.2 (Debian 12) takes the names of what to run from CK_RUN_SUITE and CK_RUN_CASE, and
# tags from CK_INCLUDE_TAGS.  If none fits (a case was renamed, a letter is another one) nothing runs,
# it prints "100%: Checks: 0", no failure is counted, and the usual main() ends with 0; its TAP log is
# the plan "1..0" alone.  prove takes that plan for a whole test that was skipped, and says PASS, too
# (NOTESTS, if nothing else ran).  So the job of a CI that picks a case by its name goes on being green
# when it has not run anything for a year.
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

cat >named.c <<'EOF'
#include <check.h>

START_TEST(fails)
{
    ck_assert_int_eq(1, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numbers");
    TCase *tests = tcase_create("equal");
    SRunner *runner = srunner_create(suite);

    suite_add_tcase(suite, tests);
    tcase_add_test(tests, fails);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
EOF
gcc -I"$work/root/usr/include" -I"$work/root/usr/include/x86_64-linux-gnu" -o named named.c \
    "$libraries/libcheck.a" "$libraries/libsubunit.a" -lrt -lm -lpthread

expect() { # WHAT COMMAND...
    if "${@:2}" >/dev/null; then echo "as said: $1"; else echo "no longer so: $1"; exit 1; fi
}
ends_with() { # STATUS SETTING...
    local status=0
    env CK_TAP_LOG_FILE_NAME=log.tap "${@:2}" ./named >out.txt 2>&1 || status=$?
    sed "s/^/    ${*:2}: /" out.txt
    [ "$status" = "$1" ]
}
echo "libcheck 0.15.2, a program whose only test fails:"
ends_with 1 CK_RUN_CASE=equal | sed -n '$p'
expect "it fails" ends_with 1 CK_RUN_CASE=equal
for asked in CK_RUN_CASE=Equal CK_RUN_SUITE=number CK_INCLUDE_TAGS=fast; do
    ends_with 0 $asked | sed -n '$p'
    expect "with $asked it ends with 0" ends_with 0 $asked
    expect "of no check it says 100 %" grep -q '100%: Checks: 0, Failures: 0' out.txt
    expect "its TAP is a plan of none" grep -qx '1..0' log.tap
done
printf '1..1\nok 1\n' >other.tap
prove --exec cat log.tap other.tap >prove.txt 2>&1 || true
sed 's/^/    /' prove.txt
expect "prove passes it beside another" grep -qx 'Result: PASS' prove.txt
