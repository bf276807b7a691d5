/* SPDX-License-Identifier: MIT
 *
 * spec_texts.h - what the test programs of the spec parser share: whole specs,
 * and what is said of one that is refused.
 */
#ifndef SW_TESTS_SPEC_TEXTS_H
#define SW_TESTS_SPEC_TEXTS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/tests/suite_main.h"
#include "harness/formats/spec/spec.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A text in a buffer of exactly its size, so that a sanitizer sees each byte
 * too far.  The spec must do without the buffer afterwards. */
static inline int parse(const char *text, size_t size, struct sw_spec **spec, struct sw_error *e)
{
    char *bytes = malloc(size + (size == 0));
    int result;

    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, text, size);
    *spec = (struct sw_spec *)bytes; /* anything but NULL */
    memset(e, 0, sizeof *e);
    result = sw_spec_parse("a.spec", bytes, size, spec, e);
    memset(bytes, '!', size);
    free(bytes);
    return result;
}

static inline struct sw_spec *accept(const char *text)
{
    struct sw_spec *spec;
    struct sw_error e;

    if (parse(text, strlen(text), &spec, &e) < 0)
        ck_abort_msg("refused: %s:%u:%u: %s\n%s", e.path, e.line, e.column, e.text, text);
    ck_assert_ptr_nonnull(spec);
    return spec;
}

static inline void refuse_bytes(const char *text, size_t size, unsigned line, unsigned column,
                                const char *message)
{
    struct sw_spec *spec;
    struct sw_error e;
    char wanted[700], found[700];

    ck_assert_msg(parse(text, size, &spec, &e) == -1, "not refused:\n%s", text);
    ck_assert_ptr_null(spec);
    snprintf(wanted, sizeof wanted, "a.spec:%u:%u: %s", line, column, message);
    snprintf(found, sizeof found, "%.100s:%u:%u: %s", e.path, e.line, e.column, e.text);
    ck_assert_str_eq(found, wanted);
}

/* The least that is a spec. */
#define LEAST "tasklet a on T0\n step s {}\nschedule x\n s:done"

/* Nine lines, so that a case's first move is in line 10. */
#define ACTORS \
    "tasklet receiver on T0\n" \
    " step wait {}\n" \
    " step check {}\n" \
    "tasklet sender on T0\n" \
    " step send {}\n" \
    "thread other on T1\n" \
    " step ping {}\n" \
    " step pong {}\n" \
    "schedule x\n"

/* One spec with everything in it. */
static const char everything[] =
    "# SPDX-License-Identifier: MIT\n"
    "# The value that was received\n"
    "#   is None: \xc3\xa9t\xc3\xa9.\n"
    "\n"
    "# Not part of the summary.\n"
    "requires spill threads  # a comment\n"
    "spill    16384, segment\n"
    "fails    release-eats-mailbox+spill-entry-eats-mailbox\n"
    "survives release-eats-mailbox  spill-entry-eats-mailbox\n"
    "stack    T2 256K\n"
    "\n"
    "setup {\n"
    "    ch = stackless.channel()\n"
    "    class Watched(stackless.tasklet):\n"
    "\n"
    "        pass\n"
    "}\n"
    "tasklet receiver on T0\n"
    "  step wait   { got = {\"a\": ch.receive()} }\n"
    "  step check  {\n"
    "      assert got\n"
    "  }\n"
    "tasklet sender on T0 class Watched left blocked\n"
    "  step send   { ch.send(1) }\n"
    "thread other on T2\n"
    "  step ping-1 {\n"
    "      if 1:\n"
    "          ch.send(2)\n"
    "  }\n"
    "\n"
    "schedule callback-spills\n"
    "  wait                         : blocks ch.receive\n"
    "  send  spill at release.enter#1 gc at switch.release#20 : done, wakes wait: done # why\n"
    "  check                        : done\n"
    "schedule parks\n"
    "  ping-1  until chan.send#1    : parked\n"
    "  send                         : blocks channel#3.send\n"
    "  wait                         : raises ValueError, wakes send: pauses\n"
    "  ping-1  until thread.woken#2 : parked\n"
    "  ping-1                       : done\n"
    "always  got == {\"a\": 1}\n"
    "never   got is None  \n";

#endif
