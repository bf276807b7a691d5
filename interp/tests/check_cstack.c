/* SPDX-License-Identifier: MIT
 *
 * check_cstack.c - slices of a C stack, and leaving one for another.
 */
#include "interp/cpython.h"

#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "contract/tests/suite_main.h"
#include "interp/base.h"
#include "interp/segment.h"
#include "interp/slice.h"
#include "arch/switch.h"

/* Two parties, each with a slice: 0 is the one that entered. */
static struct slp_slice slices[2];
static int running; /* who does */
static int refuses; /* save() says no */
static int steps, faults_seen;

static char *leave(void *arg, char *sp)
{
    int *to = arg;

    if (refuses || slp_slice_save(&slices[1 - *to], sp) < 0)
        return NULL;
    return slices[*to].used ? slices[*to].resume : slp_cstack.base;
}

static void arrive(void *arg)
{
    int *to = arg;
    slp_slice_restore(&slices[*to]);
}

static int go(int to)
{
    static int whom; /* not on the stack that is left */

    whom = to;
    int status = slp_stack_switch(&whom, leave, arrive);
    if (status == 0)
        running = 1 - to;
    return status;
}

static int begin(slp_entry_func entry)
{
    static int whom;

    whom = 1;
    int status = slp_stack_start(&whom, leave, entry);
    if (status == 0)
        running = 0;
    return status;
}

/* Switches at the bottom of a recursion of this depth, and looks whether its
 * stack has survived. */
static __attribute__((noinline)) void recurse(int depth, int to, int mark)
{
    volatile int words[16];

    for (int i = 0; i < 16; i++)
        words[i] = mark + i;
    if (depth > 0)
        recurse(depth - 1, to, mark + 16);
    else if (go(to) < 0)
        faults_seen++;
    for (int i = 0; i < 16; i++)
        faults_seen += words[i] != mark + i;
}

static struct slp_stack_back *other_party(void *arg)
{
    (void)arg;
    running = 1;
    for (int i = 0;; i++) {
        steps++;
        recurse((i * 7) % 40, 0, 1000000 + i);
    }
    return NULL;
}

static void *play(void *arg)
{
    (void)arg;
    if (begin(other_party) < 0)
        faults_seen++;
    for (int i = 0; i < 500; i++)
        recurse(i % 50, 1, i);
    return NULL;
}

START_TEST(two_parties_keep_their_stacks)
{
    slp_base_enter(play, NULL);
    ck_assert_int_eq(faults_seen, 0);
    ck_assert_int_eq(steps, 501);
    ck_assert_int_eq(running, 0);
    slp_slice_free(&slices[0]);
    slp_slice_free(&slices[1]);
}
END_TEST

static int entered;

static struct slp_stack_back *never(void *arg)
{
    (void)arg;
    entered = 1;
    abort();
}

static int refused_status[2];

static void *be_refused(void *arg)
{
    struct slp_cstack before = slp_cstack;

    refuses = 1;
    refused_status[0] = begin(never);
    refused_status[1] = go(1);
    refuses = 0;
    faults_seen += memcmp(&before, &slp_cstack, sizeof before) != 0;
    return arg;
}

START_TEST(a_refused_save_changes_nothing)
{
    int mark;

    ck_assert_ptr_eq(slp_base_enter(be_refused, &mark), &mark);
    ck_assert_int_eq(refused_status[0], -1);
    ck_assert_int_eq(refused_status[1], -1);
    ck_assert_int_eq(entered, 0);
    ck_assert_int_eq(faults_seen, 0);
    ck_assert_uint_eq(slices[0].used, 0);
}
END_TEST

static int rounding[4];

static struct slp_stack_back *rounds_up(void *arg)
{
    (void)arg;
    rounding[0] = fegetround(); /* inherited from who started us */
    fesetround(FE_UPWARD);
    go(0);
    rounding[2] = fegetround();
    go(0);
    abort();
}

static void *rounds_down(void *arg)
{
    fesetround(FE_DOWNWARD);
    begin(rounds_up);
    rounding[1] = fegetround();
    fesetround(FE_TOWARDZERO);
    go(1);
    rounding[3] = fegetround();
    return arg;
}

START_TEST(each_party_has_its_control_words)
{
    slp_base_enter(rounds_down, NULL);
    fesetround(FE_TONEAREST);
    ck_assert_int_eq(rounding[0], FE_DOWNWARD);
    ck_assert_int_eq(rounding[1], FE_DOWNWARD);
    ck_assert_int_eq(rounding[2], FE_UPWARD);
    ck_assert_int_eq(rounding[3], FE_TOWARDZERO);
}
END_TEST

static struct slp_cstack seen[2];
static int ours[4];

static void *look_inside(void *arg)
{
    seen[1] = slp_cstack;
    return arg;
}

static void *look(void *arg)
{
    char *heap = malloc(16);

    seen[0] = slp_cstack;
    ours[0] = slp_cstack_is_ours(__builtin_frame_address(0));
    ours[1] = slp_cstack_is_ours(heap);
    ours[2] = slp_cstack_is_ours(slp_cstack.base);
    free(heap);
    slp_base_enter(look_inside, NULL);
    ours[3] = memcmp(&seen[0], &slp_cstack, sizeof slp_cstack) == 0;
    return arg;
}

static void assert_looks_right(void)
{
    ck_assert_ptr_nonnull(seen[0].base);
    ck_assert_uint_eq((uintptr_t)seen[0].base % 16, 0);
    ck_assert(seen[0].low < seen[0].base);
    ck_assert_int_eq(ours[0], 1);
    ck_assert_int_eq(ours[1], 0);
    ck_assert_int_eq(ours[2], 0);
    ck_assert_msg(ours[3], "an inner base must give way to the outer one");
    ck_assert(seen[1].base < seen[0].base);
}

START_TEST(the_main_thread_has_a_base)
{
    slp_base_enter(look, NULL);
    assert_looks_right();
    ck_assert_ptr_null(slp_cstack.base);
    ck_assert_int_eq(slp_cstack_is_ours(__builtin_frame_address(0)), 0);
}
END_TEST

START_TEST(a_thread_has_a_base_of_its_own)
{
    pthread_t thread;

    /* pthread_create() is ours: see thread_start.c. */
    ck_assert_int_eq(pthread_create(&thread, NULL, look, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    assert_looks_right();
    char here;
    ck_assert(&here < seen[0].low || &here >= seen[0].base);
}
END_TEST

static size_t capacities[4];

static __attribute__((noinline)) void save_deep(struct slp_slice *slice)
{
    volatile char deep[100000];

    deep[0] = 1;
    slp_slice_save(slice, __builtin_frame_address(0));
    slice->used = 0;
    deep[1] = deep[0];
    slp_slice_save(slice, (char *)deep);
    capacities[0] = slice->capacity;
    slice->used = 0; /* not restored: nothing has changed */
}

static void *grow_and_shrink(void *arg)
{
    struct slp_slice slice = {0};

    save_deep(&slice);
    slp_slice_save(&slice, __builtin_frame_address(0));
    capacities[1] = slice.capacity;
    slice.used = 0;
    slp_slice_reserve(&slice, 8192);
    capacities[2] = slice.capacity;
    char *bytes = slice.bytes;
    volatile char below[6000];
    below[0] = 1;
    slp_slice_save(&slice, (char *)below);
    capacities[3] = slice.bytes == bytes && below[0] == 1;
    slice.used = 0;
    slp_slice_free(&slice);
    return arg;
}

START_TEST(a_slice_grows_and_shrinks)
{
    slp_base_enter(grow_and_shrink, NULL);
    ck_assert_uint_ge(capacities[0], 100000);
    ck_assert_uint_lt(capacities[1], 4096);
    ck_assert_uint_ge(capacities[2], 8192);
    ck_assert_msg(capacities[3], "what was reserved must be enough");
}
END_TEST

START_TEST(segments_are_kept_and_guarded)
{
    char *low = slp_segment_take();

    ck_assert_ptr_nonnull(low);
    ck_assert_uint_eq((uintptr_t)slp_segment_top(low) % 16, 0);
    low[0] = 1;
    slp_segment_top(low)[-1] = 1;
    slp_segment_give(low);
    ck_assert_ptr_eq(slp_segment_take(), low);
}
END_TEST

static size_t resident_kib(char *low)
{
    unsigned char there[SLP_SEGMENT_BYTES / 4096];
    size_t count = 0;

    ck_assert_int_eq(mincore(low, SLP_SEGMENT_BYTES - 4096, there), 0);
    for (size_t i = 0; i < sizeof there - 1; i++)
        count += there[i] & 1;
    return count * 4;
}

static void use_all_of(char *low)
{
    memset(low, 1, (size_t)(slp_segment_top(low) - low));
    ck_assert_uint_gt(resident_kib(low), 900);
}

START_TEST(what_was_used_deeply_gives_its_memory_back)
{
    char *low = slp_segment_take(), *top = slp_segment_top(low);

    memset(top - (32 << 10), 1, 32 << 10);
    slp_segment_give(low);
    ck_assert_ptr_eq(slp_segment_take(), low);
    ck_assert_msg(top[-1] == 1, "what is used again and again keeps its pages");
    char *taken[SLP_SEGMENTS_WHOLE_MAX];
    for (int i = 0; i < SLP_SEGMENTS_WHOLE_MAX; i++)
        use_all_of(taken[i] = slp_segment_take());
    for (int i = 0; i < SLP_SEGMENTS_WHOLE_MAX; i++)
        slp_segment_give(taken[i]);
    use_all_of(low);
    slp_segment_give(low);
    ck_assert_uint_lt(resident_kib(low), 64);
    for (int i = 0; i < SLP_SEGMENTS_WHOLE_MAX; i++)
        slp_segment_take();
    ck_assert_ptr_eq(slp_segment_take(), low);
    slp_segment_give(low);
    ck_assert_uint_lt(resident_kib(low), 64);
}
END_TEST

START_TEST(a_few_that_were_used_deeply_keep_their_memory)
{
    char *taken[SLP_SEGMENTS_WHOLE_MAX + 1];

    for (int i = 0; i <= SLP_SEGMENTS_WHOLE_MAX; i++)
        use_all_of(taken[i] = slp_segment_take());
    for (int i = SLP_SEGMENTS_WHOLE_MAX; i >= 0; i--)
        slp_segment_give(taken[i]);
    ck_assert_uint_lt(resident_kib(taken[0]), 64);
    /* The next recursion finds them before the one that was given last. */
    for (int i = 1; i <= SLP_SEGMENTS_WHOLE_MAX; i++) {
        ck_assert_ptr_eq(slp_segment_take(), taken[i]);
        ck_assert_uint_gt(resident_kib(taken[i]), 900);
    }
    ck_assert_ptr_eq(slp_segment_take(), taken[0]);
}
END_TEST

START_TEST(a_thousand_segments_are_kept)
{
    static char *taken[SLP_SEGMENTS_KEPT_MAX];

    for (int i = 0; i < SLP_SEGMENTS_KEPT_MAX; i++)
        ck_assert_ptr_nonnull(taken[i] = slp_segment_take());
    for (int i = 0; i < SLP_SEGMENTS_KEPT_MAX; i++)
        slp_segment_give(taken[i]);
    for (int i = SLP_SEGMENTS_KEPT_MAX - 1; i >= 0; i--)
        ck_assert_ptr_eq(slp_segment_take(), taken[i]);
}
END_TEST

START_TEST(below_a_segment_is_a_guard)
{
    volatile char *low = slp_segment_take();

    signal(SIGSEGV, SIG_DFL); /* a sanitizer has taken it */
    low[-1] = 1;
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *switching = tcase_create("switch");
    TCase *bases = tcase_create("base");
    TCase *memory = tcase_create("memory");
    TCase *many = tcase_create("many");

    tcase_add_test(switching, two_parties_keep_their_stacks);
    tcase_add_test(switching, a_refused_save_changes_nothing);
    tcase_add_test(switching, each_party_has_its_control_words);
    tcase_add_test(bases, the_main_thread_has_a_base);
    tcase_add_test(bases, a_thread_has_a_base_of_its_own);
    tcase_add_test(memory, a_slice_grows_and_shrinks);
    tcase_add_test(memory, segments_are_kept_and_guarded);
    tcase_add_test(memory, what_was_used_deeply_gives_its_memory_back);
    tcase_add_test(memory, a_few_that_were_used_deeply_keep_their_memory);
    tcase_add_test_raise_signal(memory, below_a_segment_is_a_guard, SIGSEGV);
    suite_add_tcase(suite, switching);
    suite_add_tcase(suite, bases);
    suite_add_tcase(suite, memory);
    tcase_set_tags(many, "no-memcheck"); /* valgrind looks through all its stacks for each */
    tcase_add_test(many, a_thousand_segments_are_kept);
    suite_add_tcase(suite, many);
}
