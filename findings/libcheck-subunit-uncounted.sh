#!/bin/bash
# SPDX-License-Identifier: MIT
#
# subunit's own tools pass over what subunit's own C library writes, and call it a success.
#
# libcheck 0.15.2 writes subunit with CK_SUBUNIT, through libsubunit 1.4.0; the tools that read
# subunit are of python3-subunit 1.4.0, of the same source package of Debian 12.  One would pipe
# the one into the other: libcheck's manual offers CK_SUBUNIT so that its results are joined with
# those of other languages.  The C library speaks version 1, which is lines of text, and the tools
# read version 2, which is packets, and pass everything else through as a program's output.  So
# subunit-stats prints the failure that it was handed, counts 0 tests of which none failed, and
# ends with 0; subunit2pyunit says "Ran 0 tests" and "OK".  The program's own status is lost in the
# pipe.  subunit-1to2 in between makes it 2 tests and status 1.
#
# Installs into a folder of its own, runs no Spillway.  Ends with 0 if all is as said here.
set -euo pipefail

packages=(check=0.15.2-2+b1 libsubunit-dev=1.4.0-3 libsubunit0=1.4.0-3 subunit=1.4.0-3
          python3-subunit=1.4.0-3 python3-testtools=2.5.0-4 python3-extras=1.0.0-4
          python3-fixtures=4.0.1-2 python3-pbr=5.10.0-2 python3-six=1.16.0-4)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q "${packages[@]}" >download.log 2>&1 || { cat download.log; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done
libraries=$work/root/usr/lib/x86_64-linux-gnu

cat >two.c <<'EOF'
#include <check.h>

START_TEST(fails)
{
    ck_assert_int_eq(1, 2);
}
END_TEST

START_TEST(holds)
{
    ck_assert_int_eq(1, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numbers");
    TCase *tests = tcase_create("equal");
    SRunner *runner = srunner_create(suite);

    suite_add_tcase(suite, tests);
    tcase_add_test(tests, fails);
    tcase_add_test(tests, holds);
    srunner_run_all(runner, CK_SUBUNIT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
EOF
gcc -I"$work/root/usr/include" -I"$work/root/usr/include/x86_64-linux-gnu" -o two two.c \
    "$libraries/libcheck.a" "$libraries/libsubunit.a" -lrt -lm -lpthread

reader() { # TOOL: reads standard input, writes out.txt
    local status=0
    PYTHONPATH=$work/root/usr/lib/python3/dist-packages \
        /usr/bin/python3.11 "$work/root/usr/bin/$1" >out.txt 2>&1 || status=$?
    echo "$status"
}
expect() { # WHAT COMMAND...
    if "${@:2}" >/dev/null; then echo "as said: $1"; else echo "no longer so: $1"; exit 1; fi
}
status=0
./two >two.subunit || status=$?
expect "the program ends with 1" test "$status" = 1
expect "it writes of a failure" grep -q '^failure: equal:fails' two.subunit

status=$(reader subunit-stats <two.subunit)
echo "subunit-stats, status $status:"
grep -E '^(failure|Total|Passed|Failed)' out.txt | sed 's/^/    /'
expect "subunit-stats prints the failure" grep -q '^failure: equal:fails' out.txt
expect "it counts no tests" grep -qE '^Total tests: +0$' out.txt
expect "of which none failed" grep -qE '^Failed tests: +0$' out.txt
expect "and ends with 0" test "$status" = 0

status=$(reader subunit2pyunit <two.subunit)
echo "subunit2pyunit, status $status:"
grep -E '^(failure|Ran|OK|FAILED)' out.txt | sed 's/^/    /'
expect "subunit2pyunit has run none" grep -q '^Ran 0 tests' out.txt
expect "which is OK" grep -qx OK out.txt
expect "and ends with 0" test "$status" = 0

status=$(reader subunit-1to2 <two.subunit)
expect "version 2 can be made of it" test "$status" = 0
mv out.txt two.subunit2
status=$(reader subunit-stats <two.subunit2)
echo "subunit-1to2 and subunit-stats, status $status:"
grep -E '^(Total|Passed|Failed)' out.txt | sed 's/^/    /'
expect "of that two tests are counted" grep -qE '^Total tests: +2$' out.txt
expect "one failed" grep -qE '^Failed tests: +1$' out.txt
expect "and the status is 1" test "$status" = 1
