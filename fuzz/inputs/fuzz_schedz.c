/* SPDX-License-Identifier: MIT
 *
 * fuzz_schedz.c - libFuzzer's bytes as a .schedz.
 *
 * Beside oracle.h: a schedule that can be read makes the round trip as text; what is not there
 * is refused; and what is added to a sound archive is the last in it, with all others as they
 * were, or is refused and changes nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/formats/sched/schedz.h"
#include "mutate_schedz.h"
#include "oracle.h"

/* Each is a search through the archive; six have a first, a last, and some in between. */
enum { LOADED_MAX = 6 };

/* A message about an archive names one of its bytes, or none: never a line or a column. */
static void check_refusal(const struct sw_error *e, const char *path, size_t size)
{
    unsigned long long offset;

    sw_oracle_message(e, path);
    SW_ORACLE(e->line == 0 && e->column == 0);
    if (strncmp(e->text, "byte ", 5) == 0)
        SW_ORACLE(sscanf(e->text, "byte %llu: ", &offset) == 1 && offset <= size);
}

static struct sw_sched *load(const char *path, size_t size, uint64_t number)
{
    struct sw_sched *sched;
    struct sw_error e;

    if (sw_schedz_load(path, number, &sched, &e) < 0) {
        SW_ORACLE(sched == NULL);
        check_refusal(&e, path, size);
        return NULL;
    }
    sw_oracle_round_trip(sched);
    return sched;
}

static void must_miss(const char *path, size_t size, uint64_t number)
{
    struct sw_sched *sched;
    struct sw_error e;

    SW_ORACLE(sw_schedz_load(path, number, &sched, &e) < 0 && sched == NULL);
    check_refusal(&e, path, size);
}

static void must_hold(const char *path, uint64_t number, const struct sw_sched *wanted)
{
    struct sw_sched *sched;
    struct sw_error e;

    if (sw_schedz_load(path, number, &sched, &e) < 0)
        sw_oracle_fail("what is in an archive stays readable", e.text);
    sw_oracle_same_sched(wanted, sched);
    sw_sched_free(sched);
}

/* Adds the schedule once more.  The archive has `whole` schedules, of which this one has that
 * number, and cut_off bytes behind them: what a writer that was killed has left, and an append
 * removes. */
static void add(const char *path, size_t size, const struct sw_sched *sched, uint64_t number,
                uint64_t whole, uint64_t cut_off)
{
    uint64_t first, whole_now, cut_off_now;
    struct sw_error e;
    int failed = sw_schedz_append(path, &sched, 1, &first, &e);

    if (failed)
        check_refusal(&e, path, size);
    SW_ORACLE(sw_schedz_count(path, &whole_now, &cut_off_now, &e) == 0);
    SW_ORACLE(whole_now == whole + !failed);
    SW_ORACLE(cut_off_now == (failed ? cut_off : 0));
    SW_ORACLE(failed || first == whole_now);
    must_hold(path, number, sched);
    if (!failed)
        must_hold(path, whole_now, sched);
}

static void read_archive(const char *path, size_t size)
{
    struct sw_sched *scheds[LOADED_MAX] = {NULL};
    uint64_t whole, cut_off, first = 0;
    struct sw_error e;
    int sound = sw_schedz_count(path, &whole, &cut_off, &e) == 0;

    if (!sound)
        check_refusal(&e, path, size);
    must_miss(path, size, 0);
    /* Of an archive that is damaged, what stands before the damage may be read. */
    for (uint64_t number = 1; number <= LOADED_MAX && (!sound || number <= whole); number++) {
        scheds[number - 1] = load(path, size, number);
        if (first == 0 && scheds[number - 1] != NULL)
            first = number;
    }
    if (sound)
        must_miss(path, size, whole + 1);
    if (sound && first > 0)
        add(path, size, scheds[first - 1], first, whole, cut_off);
    for (int i = 0; i < LOADED_MAX; i++)
        sw_sched_free(scheds[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    read_archive(sw_oracle_open_file(bytes, size), size);
    sw_oracle_close_file();
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed)
{
    return sw_mutate_schedz(bytes, size, room, seed, LLVMFuzzerMutate);
}
