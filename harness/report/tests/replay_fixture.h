/* SPDX-License-Identifier: MIT
 *
 * replay_fixture.h - a program that is recorded, and what is done to its schedule.
 */
#ifndef SW_REPLAY_FIXTURE_H
#define SW_REPLAY_FIXTURE_H

#include <sys/stat.h>

#include "harness/tests/control_fixture.h"

#define RECORD(seed, output, program) \
    ck_assert_msg(spillway("record --seed %d -o " output " -- " program, seed) <= 1, "%s", \
                  content("err"))

/* Three threads that take turns. */
static inline void write_program(void)
{
    write_file("p.py", "import threading\n"
                       "def f():\n"
                       "    for _ in range(3):\n"
                       "        threading.Event().wait(0)\n"
                       "for _ in range(3):\n"
                       "    threading.Thread(target=f).start()\n"
                       "print('ran')\n");
}

/* sed over a schedule, which then is somebody's work by hand. */
static inline void edit(const char *from, const char *script, const char *to)
{
    ck_assert_int_eq(shell("sed -e '%s' -e 's/^check.*/check none/' %s >%s", script, from, to), 0);
    ck_assert_msg(shell("cmp -s %s %s", from, to) == 1, "nothing was changed by %s", script);
}

static inline size_t size_of(const char *path)
{
    struct stat status;

    ck_assert_int_eq(stat(path, &status), 0);
    return (size_t)status.st_size;
}

#endif
