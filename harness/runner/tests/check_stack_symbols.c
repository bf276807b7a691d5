/* SPDX-License-Identifier: MIT
 *
 * check_stack_symbols.c - addresses of this very process, and of nowhere.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/runner/stack_symbols.h"
#include "harness/tests/runner_event_shm.h"

static struct sw_event_shm_stack *stack; /* the event memory's first */

/* The innermost frame is where this is called; then come return addresses. */
#define TAKE() \
    do { \
        take_return(); \
        __asm__ volatile(""); /* no jump instead of the call */ \
    } while (0)

static void take(const void *address)
{
    stack->frames[0] = (uint64_t)(uintptr_t)address;
    stack->frame_count = 1;
}

static __attribute__((noinline)) void take_return(void)
{
    take((const char *)__builtin_return_address(0) - 1);
}

static void add_return_address(const void *address)
{
    stack->frames[stack->frame_count++] = (uint64_t)(uintptr_t)address;
}

/* The sanitizers and -O0 leave these shapes alone, too. */
static int call_line, inner_line;

static inline __attribute__((always_inline)) void check_inner(void)
{
    inner_line = __LINE__ + 1;
    TAKE();
}

static inline __attribute__((always_inline)) void check_middle(void)
{
    call_line = __LINE__ + 1;
    check_inner();
}

static __attribute__((noinline)) void check_outer(void)
{
    check_middle();
    __asm__ volatile("");
}

static __attribute__((noinline)) void check_caller(void)
{
    check_outer();
    add_return_address(__builtin_return_address(0));
}

static void read_maps(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");

    ck_assert_ptr_nonnull(maps);
    event_shm->maps_used = (uint32_t)fread(event_shm->maps, 1, sizeof event_shm->maps, maps);
    fclose(maps);
}

static void setup(void)
{
    event_shm_setup();
    event_shm->stack_count = 1;
    stack = &event_shm->stacks[0];
    read_maps();
}

static const char *printed(uint32_t number)
{
    static char *text_printed;
    size_t size;

    free(text_printed);
    FILE *out = open_memstream(&text_printed, &size);

    ck_assert_ptr_nonnull(out);
    sw_event_shm_sanitize(event_shm);
    sw_stack_symbols_print(out, event_shm, number, "  ");
    fclose(out);
    return text_printed; /* until the next call */
}

static void expect_line(const char *printed_text, const char *line)
{
    ck_assert_msg(strstr(printed_text, line) != NULL, "no \"%s\" in\n%s", line, printed_text);
}

START_TEST(test_inlined_functions_are_frames)
{
    char line[200];

    check_outer();
    const char *text_printed = printed(1);
    snprintf(line, sizeof line,
             "  #0  check_inner  harness/runner/tests/check_stack_symbols.c:%d  (inlined)\n",
             inner_line);
    expect_line(text_printed, line);
    snprintf(line, sizeof line,
             "  #1  check_middle  harness/runner/tests/check_stack_symbols.c:%d  (inlined)\n",
             call_line);
    expect_line(text_printed, line);
    expect_line(text_printed, "  #2  check_outer  harness/runner/tests/check_stack_symbols.c:");
    ck_assert_ptr_null(strstr(text_printed, "#3"));
}
END_TEST

START_TEST(test_a_return_address_is_of_the_call_before_it)
{
    check_caller();
    expect_line(printed(1), "  #3  test_a_return_address_is_of_the_call_before_it");
}
END_TEST

START_TEST(test_other_modules_have_symbols_and_their_file)
{
    take((const char *)(uintptr_t)&strtoull + 1);
    expect_line(printed(1), "strtou");
    expect_line(printed(1), "(libc.so.6)");
}
END_TEST

START_TEST(test_without_maps_there_are_addresses)
{
    event_shm->maps_used = 0;
    take((const void *)(uintptr_t)0xabcdef);
    ck_assert_str_eq(printed(1), "  #0  0xabcdef\n");
}
END_TEST

START_TEST(test_addresses_of_nowhere)
{
    take((const void *)(uintptr_t)16);
    add_return_address(NULL);
    add_return_address((const void *)UINTPTR_MAX);
    ck_assert_str_eq(printed(1), "  #0  0x10\n  #1  0x0\n  #2  0xffffffffffffffff\n");
}
END_TEST

START_TEST(test_stacks_that_were_not_taken)
{
    ck_assert_str_eq(printed(0), "");
    ck_assert_str_eq(printed(2), "");
    ck_assert_str_eq(printed(UINT32_MAX), "");
}
END_TEST

START_TEST(test_truncated)
{
    take((const void *)(uintptr_t)16);
    stack->truncated = 1;
    ck_assert_str_eq(printed(1), "  #0  0x10\n  ... more frames, which were not recorded\n");
}
END_TEST

static void set_maps(const char *line)
{
    event_shm->maps_used = (uint32_t)strlen(line);
    memcpy(event_shm->maps, line, event_shm->maps_used);
}

/* Opening it would wait for a writer for ever. */
/* A recursion is printed once, with how often it comes; the frame behind it is not lost. */
START_TEST(test_a_recursion_is_told_once)
{
    struct sw_event_shm_stack *deep;

    take((const void *)(uintptr_t)0x10);
    deep = &event_shm->stacks[event_shm->stack_count - 1];
    for (uint32_t i = 0; i < 10; i++)
        deep->frames[1 + i] = i % 2 ? 0x20 : 0x30;
    deep->frames[11] = 0x40;
    deep->frame_count = 12;
    ck_assert_str_eq(printed(event_shm->stack_count),
                     "  #0  0x10\n  #1  0x30\n  #2  0x20\n"
                     "      ... the last 2 frames 4 times more\n  #3  0x40\n");
}
END_TEST

START_TEST(test_maps_that_name_a_pipe)
{
    char path[] = "/tmp/check_stack.XXXXXX";

    ck_assert_ptr_nonnull(mkdtemp(path));
    ck_assert_int_eq(chdir(path), 0);
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    char line[200];
    snprintf(line, sizeof line, "00400000-00500000 r-xp 00000000 00:00 1 %s/pipe\n", path);
    set_maps(line);
    take((const void *)(uintptr_t)0x400010);
    expect_line(printed(1), "+0x10  (pipe)");
    unlink("pipe");
    rmdir(path);
}
END_TEST

START_TEST(test_maps_that_make_no_sense)
{
    static const char *const maps[] = {
        "nonsense",
        "00400000-00500000 r-xp 00000000 00:00 1 /etc/passwd\n",
        "00500000-00400000 r-xp 00000000 00:00 1 /proc/self/exe\n",
        "0-ffffffffffffffff r-xp 00000000 00:00 1 /dev/zero\n",
        "00400000-00500000 r-xp ffffffffffff0000 00:00 1 /proc/self/exe\n",
    };

    take((const void *)(uintptr_t)0x400010);
    set_maps(maps[_i]);
    expect_line(printed(1), "#0  ");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *stacks = tcase_create("stack");

    suite_add_tcase(suite, stacks);
    tcase_add_checked_fixture(stacks, setup, event_shm_teardown);
    tcase_add_test(stacks, test_inlined_functions_are_frames);
    tcase_add_test(stacks, test_a_return_address_is_of_the_call_before_it);
    tcase_add_test(stacks, test_other_modules_have_symbols_and_their_file);
    tcase_add_test(stacks, test_without_maps_there_are_addresses);
    tcase_add_test(stacks, test_addresses_of_nowhere);
    tcase_add_test(stacks, test_stacks_that_were_not_taken);
    tcase_add_test(stacks, test_truncated);
    tcase_add_test(stacks, test_a_recursion_is_told_once);
    tcase_add_test(stacks, test_maps_that_name_a_pipe);
    tcase_add_loop_test(stacks, test_maps_that_make_no_sense, 0, 5);
}
