/* SPDX-License-Identifier: MIT
 *
 * fuzz_sched.c - libFuzzer's bytes as a .sched.
 *
 * Beside oracle.h: what is accepted goes into a new archive and comes out of it the same.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/formats/sched/schedz.h"
#include "mutate_lines.h"
#include "oracle.h"

static void must_load(const char *path, uint64_t number, const struct sw_sched *wanted)
{
    struct sw_sched *sched;
    struct sw_error e;

    if (sw_schedz_load(path, number, &sched, &e) < 0)
        sw_oracle_fail("what was packed can be read", e.text);
    sw_oracle_same_sched(wanted, sched);
    sw_sched_free(sched);
}

/* Two at once and one more: so it is written whole, as a difference to itself in one record, and as
 * one across two appends. */
static void pack(const struct sw_sched *sched)
{
    const struct sw_sched *const two[] = {sched, sched};
    const char *path = sw_oracle_open_file(NULL, 0);
    uint64_t first, whole, cut_off;
    struct sw_error e;

    if (sw_schedz_append(path, two, 2, &first, &e) < 0 || first != 1 ||
        sw_schedz_append(path, two, 1, &first, &e) < 0 || first != 3)
        sw_oracle_fail("what is accepted can be packed", e.text);
    SW_ORACLE(sw_schedz_count(path, &whole, &cut_off, &e) == 0);
    SW_ORACLE(whole == 3 && cut_off == 0);
    SW_ORACLE(sw_schedz_admits(path, sched, &e) == 0);
    /* What a run has read is not kept. */
    struct sw_sched kept = *sched;
    kept.read_count = kept.has_unnoted = 0;
    for (uint64_t number = 1; number <= 3; number++)
        must_load(path, number, &kept);
    sw_oracle_close_file();
}

/* A refusal is checked, too: most inputs end there, and a wrong place in a message misleads. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char path[] = "input.sched";
    struct sw_sched *sched;
    struct sw_error e;

    if (sw_sched_read(path, (const char *)bytes, size, &sched, &e) < 0) {
        SW_ORACLE(sched == NULL);
        sw_oracle_refusal(&e, path, bytes, size);
        return 0;
    }
    sw_oracle_round_trip(sched);
    pack(sched);
    sw_sched_free(sched);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed)
{
    return sw_mutate_lines(bytes, size, room, seed, LLVMFuzzerMutate);
}
