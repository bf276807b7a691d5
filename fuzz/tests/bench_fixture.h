/* SPDX-License-Identifier: MIT
 *
 * bench_fixture.h - for tests that explore the programs of fuzz/bench.
 */
#ifndef SW_BENCH_FIXTURE_H
#define SW_BENCH_FIXTURE_H

#include "harness/tests/control_fixture.h"

static char bench[PATH_MAX + 64]; /* their folder */

static inline void setup_bench(void)
{
    char repository[PATH_MAX];

    ck_assert_ptr_nonnull(getcwd(repository, sizeof repository));
    snprintf(bench, sizeof bench, "%s/fuzz/bench/programs", repository);
    setup();
}

#endif
