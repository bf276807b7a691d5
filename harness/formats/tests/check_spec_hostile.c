/* SPDX-License-Identifier: MIT
 *
 * The parser against bytes that nobody meant: no crash, no leak, no hang, and a
 * place inside the text in each error.
 */
#include <unistd.h>
#include <xxhash.h>

#include "spec_texts.h"

/* ---- limits ---- */

/* Appends the pattern count times, with 0, 1, ... for each "@". */
static size_t append(char *bytes, size_t size, int count, const char *pattern)
{
    for (int i = 0; i < count; i++) {
        for (const char *c = pattern; *c != '\0'; c++) {
            if (*c == '@')
                size += (size_t)sprintf(bytes + size, "%d", i);
            else
                bytes[size++] = *c;
        }
    }
    bytes[size] = '\0';
    return size;
}

/* At the limit it is fine, one more is refused. */
static const struct limit {
    const char *head, *each, *tail;
    int limit;
    unsigned line, column;
    const char *message;
} limits[] = {
    {"", "tasklet a@ on T0\n step s@ {}\n", "", SW_ACTORS_MAX, 129, 9, "more than 64 actors"},
    {"tasklet a on T0\n", " step s@ {}\n", "", SW_STEPS_MAX, 258, 7, "more than 256 steps"},
    {"tasklet a on T0\n step s {}\n", "schedule x@\n s : done\n", "", 256, 515, 10,
     "more than 256 schedules"},
    {LEAST "\n", "always @\n", "", SW_CONDITIONS_MAX, 37, 1, "more than 32 conditions"},
    {"thread a on T1\n step s {}\nschedule x\n s until chan.send#1 : parked\n",
     " s until chan.send#1@ : parked\n", " s : done\n", SW_MOVES_MAX - 2, 516, 2,
     "more than 512 moves in a schedule"},
    {"tasklet a on T0\n step s {}\nschedule x\n s", " gc at chan.send#1@", " : done\n",
     SW_DIRECTIVES_MAX, 4, 4 + SW_DIRECTIVES_MAX * 19, "more than 8 directives in a move"},
    {"tasklet a on T0\n step s {}\nschedule x\n s : blocks c.send", ", wakes s: pauses",
     ", wakes s: done\n", 63, 4, 19 + 17 * 64, "more than 64 wakes in a move"},
};

START_TEST(test_limits)
{
    const struct limit *l = &limits[_i];
    char *bytes = malloc(1 << 16);
    struct sw_spec *spec;
    struct sw_error e;

    ck_assert_ptr_nonnull(bytes);
    for (int more = 0; more < 2; more++) {
        size_t size = append(bytes, 0, 1, l->head);

        size = append(bytes, size, l->limit + more, l->each);
        size = append(bytes, size, 1, l->tail);
        if (more)
            refuse_bytes(bytes, size, l->line, l->column, l->message);
        else if (parse(bytes, size, &spec, &e) == 0)
            sw_spec_free(spec);
        else /* actors and steps are not all moved, but that is all */
            ck_assert_str_eq(e.text, "the spec ends without a schedule");
    }
    free(bytes);
}
END_TEST

/* ---- hostile input ---- */

/* Whatever the bytes are: a spec, or an error with a place inside of them. */
static int survive(const char *bytes, size_t size)
{
    struct sw_spec *spec;
    struct sw_error e;
    unsigned lines = 1;
    int result = parse(bytes, size, &spec, &e);

    if (result == 0) {
        ck_assert_ptr_nonnull(spec);
        ck_assert_int_gt(spec->schedule_count, 0);
        sw_spec_free(spec);
        return 0;
    }
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    ck_assert_int_eq(result, -1);
    ck_assert_ptr_null(spec);
    ck_assert_uint_ge(e.line, 1);
    ck_assert_uint_le(e.line, lines);
    ck_assert_uint_ge(e.column, 1);
    ck_assert_uint_le(e.column, size + 1);
    ck_assert_uint_gt(strlen(e.text), 0);
    return -1;
}

START_TEST(test_truncated_at_every_byte)
{
    int whole = 0;

    for (size_t size = 0; size < sizeof everything; size++)
        whole += survive(everything, size) == 0;
    /* Without the last characters the last lines still say something. */
    ck_assert_int_ge(whole, 3);
    ck_assert_int_lt(whole, 50);
}
END_TEST

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

START_TEST(test_random_bytes_flipped)
{
    uint64_t random = 0x5eed0000u + (uint64_t)_i;
    char bytes[sizeof everything];

    for (int round = 0; round < 1000; round++) {
        int flips = 1 + (int)(next_random(&random) % 4);

        memcpy(bytes, everything, sizeof bytes);
        while (flips-- > 0)
            bytes[next_random(&random) % (sizeof bytes - 1)] ^=
                (char)(next_random(&random) % 255 + 1);
        survive(bytes, sizeof bytes - 1);
    }
}
END_TEST

/* Words in any order get further than bytes do. */
START_TEST(test_random_words)
{
    static const char *const words[] = {"\n",        "\n ",       " ",
                                        ":",         ",",         "#1",
                                        "{",         "}",         "{\n",
                                        "{}\n",      "tasklet ",  "thread ",
                                        "a ",        "on ",       "T0 ",
                                        "T1 ",       " step ",    "s ",
                                        "s ",        "u ",        "schedule ",
                                        "x ",        "until ",    "gc at ",
                                        "spill at ", "chan.send", "eval.enter",
                                        "done",      "parked",    "blocks ",
                                        "c.receive", "raises E",  "pauses",
                                        "wakes ",    "always ",   "never ",
                                        "1",         "fails ",    "left blocked",
                                        "setup ",    "stack ",    "256K",
                                        "\ttab",     "\xc3\xa9"};
    static const char head[] = "tasklet a on T0\n step s {}\n step u {}\nthread b on T1\n"
                               " step v {}\nschedule y\n";
    uint64_t random = 0xf00d0000u + (uint64_t)_i;
    char bytes[4096];

    for (int round = 0; round < 1000; round++) {
        int count = (int)(next_random(&random) % 60);
        size_t size = 0;

        if (round % 2 == 0) {
            memcpy(bytes, head, sizeof head);
            size = sizeof head - 1;
        }
        while (count-- > 0) {
            const char *word = words[next_random(&random) % COUNT_OF(words)];

            memcpy(bytes + size, word, strlen(word));
            size += strlen(word);
        }
        survive(bytes, size);
    }
}
END_TEST

/* Whole lines taken out, twice there or elsewhere: states that do not fit. */
START_TEST(test_random_lines)
{
    uint64_t random = 0x11e50000u + (uint64_t)_i;
    char bytes[8 * sizeof everything];
    int fine = 0;

    for (int round = 0; round < 500; round++) {
        size_t size = 0;

        for (const char *at = everything; *at != '\0';) {
            const char *end = strchr(at, '\n') + 1;
            unsigned long choice = next_random(&random) % 40;

            for (int copies = choice == 0 ? 0 : choice == 1 ? 2 : 1; copies > 0; copies--) {
                memcpy(bytes + size, at, (size_t)(end - at));
                size += (size_t)(end - at);
            }
            at = end;
        }
        fine += survive(bytes, size) == 0;
    }
    ck_assert_int_gt(fine, 0);
    ck_assert_int_lt(fine, 500);
}
END_TEST

static const struct {
    const char *bytes;
    int size; /* -1: up to the NUL */
    unsigned line, column;
    const char *message;
} no_text[] = {
    {"# \xc3\xa9 \xff\n", -1, 1, 5, "not UTF-8: byte 0xff"},
    {"# a\n#\xc3", -1, 2, 2, "not UTF-8: byte 0xc3"},
    {"#\xc0\xaf", -1, 1, 2, "not UTF-8: byte 0xc0"}, /* "/", too long */
    {"#\xe0\x80\xaf", -1, 1, 2, "not UTF-8: byte 0xe0"}, /* the same */
    {"#\xf0\x80\x80\xaf", -1, 1, 2, "not UTF-8: byte 0xf0"}, /* the same */
    {"#\xed\xa0\x80", -1, 1, 2, "not UTF-8: byte 0xed"}, /* a surrogate */
    {"#\xf4\x90\x80\x80", -1, 1, 2, "not UTF-8: byte 0xf4"}, /* beyond U+10FFFF */
    {"#\x80", -1, 1, 2, "not UTF-8: byte 0x80"},
    {"#\xe2\x82\xac\xe2\x82", -1, 1, 3, "not UTF-8: byte 0xe2"},
    {"setup {\n  x\0y\n}\n", 15, 2, 4, "NUL byte"},
    {"\0", 1, 1, 1, "NUL byte"},
    {"# a\r\n", -1, 1, 4, "carriage return; a line ends with a line feed alone"},
    {"\xef\xbb\xbf# a\n", -1, 1, 1, "byte order mark; a spec is UTF-8 without one"},
    {"\x1b[31m\xc2\x85 x\n", -1, 1, 1,
     "unknown keyword '\\x1b[31m\\x85'; there are "
     "'requires', 'spill', 'fails', 'survives', 'stack', 'setup', 'tasklet', 'thread', 'schedule', "
     "'always', 'never'"},
};

START_TEST(test_no_text)
{
    refuse_bytes(no_text[_i].bytes,
                 no_text[_i].size < 0 ? strlen(no_text[_i].bytes) : (size_t)no_text[_i].size,
                 no_text[_i].line, no_text[_i].column, no_text[_i].message);
}
END_TEST

static const struct {
    const char *head, *each;
} dull[] = {
    {"", "x"},
    {"", "x "},
    {"", "{"},
    {"", "\n"},
    {"", " "},
    {"", "#"},
    {"", "# x\n"},
    {"fails ", "a+"},
    {"setup {", "\n "},
    {"setup {", "}"},
    {"setup {\n", "  x\n"},
    {"setup {\n", "\n"},
    {ACTORS " wait :", "done,"},
    {ACTORS " wait", " gc at chan.send#1"},
    {ACTORS " wait : blocks c.send", ", wakes wait: pauses"},
    {ACTORS " wait : blocks ", "c."},
    {LEAST "\nalways ", "1+"},
    {"tasklet ", "a"},
    {LEAST "\n", "schedule a\n"},
    {"", "\xf0\x9f\x90\x8d"},
};

/* 1 MiB of one thing after a head: time and memory stay bounded. */
START_TEST(test_large_and_dull)
{
    char *bytes = malloc(SW_SPEC_BYTES_MAX);
    size_t size = strlen(dull[_i].head);
    size_t each = strlen(dull[_i].each);

    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, dull[_i].head, size);
    for (; size + each <= SW_SPEC_BYTES_MAX; size += each)
        memcpy(bytes + size, dull[_i].each, each);
    survive(bytes, size);
    free(bytes);
}
END_TEST

/* ---- files ---- */

static const char *file_of(char *path, const char *head, size_t size)
{
    FILE *file;
    int fd;

    sprintf(path, "/tmp/check_spec.XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    file = fdopen(fd, "w");
    ck_assert_ptr_nonnull(file);
    fputs(head, file);
    for (size_t i = strlen(head); i < size; i++)
        putc('#', file);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

START_TEST(test_load)
{
    char path[64];
    struct sw_spec *spec;
    struct sw_error e;

    file_of(path, everything, 0);
    ck_assert_int_eq(sw_spec_load(path, &spec, &e), 0);
    unlink(path);
    ck_assert_str_eq(spec->path, path);
    ck_assert_uint_eq(spec->hash, XXH3_64bits(everything, sizeof everything - 1));
    sw_spec_free(spec);
}
END_TEST

START_TEST(test_load_what_is_no_file)
{
    struct sw_spec *spec = (struct sw_spec *)&spec;
    struct sw_error e;

    ck_assert_int_eq(sw_spec_load("/nonexistent/a.spec", &spec, &e), -1);
    ck_assert_ptr_null(spec);
    ck_assert_str_eq(e.text, "cannot open the spec: No such file or directory");
    ck_assert_str_eq(e.path, "/nonexistent/a.spec");
    ck_assert_uint_eq(e.line, 0);
    ck_assert_int_eq(sw_spec_load("/tmp", &spec, &e), -1);
    ck_assert_ptr_null(spec);
    ck_assert_str_eq(e.text, "cannot read the spec: Is a directory");
    ck_assert_int_eq(sw_spec_load("/dev/zero", &spec, &e), -1);
    ck_assert_str_eq(e.text, "the spec is larger than 1048576 bytes");
}
END_TEST

START_TEST(test_sizes)
{
    static const size_t sizes[] = {SW_SPEC_BYTES_MAX, SW_SPEC_BYTES_MAX + 1, 10u << 20};
    char path[64];
    struct sw_spec *spec;
    struct sw_error e;
    int result;

    file_of(path, LEAST "\n", sizes[_i]);
    result = sw_spec_load(path, &spec, &e);
    unlink(path);
    if (_i == 0) {
        ck_assert_int_eq(result, 0);
        sw_spec_free(spec);
        return;
    }
    ck_assert_int_eq(result, -1);
    ck_assert_ptr_null(spec);
    ck_assert_str_eq(e.text, "the spec is larger than 1048576 bytes");
    /* From memory it is not even looked at. */
    ck_assert_int_eq(sw_spec_parse("a.spec", NULL, sizes[_i], &spec, &e), -1);
    ck_assert_int_eq(sw_spec_parse("a.spec", NULL, 0, &spec, &e), -1);
    ck_assert_str_eq(e.text, "the spec ends without a schedule");
}
END_TEST

/* ---- all of them ---- */

static TCase *family(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, 60); /* against a hang only */
    suite_add_tcase(suite, tcase);
    return tcase;
}

enum { SEEDS = 4 };

static void add_random(TCase *tcase, int from, int to)
{
    tcase_add_loop_test(tcase, test_random_bytes_flipped, from, to);
    tcase_add_loop_test(tcase, test_random_words, from, to);
    tcase_add_loop_test(tcase, test_random_lines, from, to);
}

static void add_hostile(TCase *tcase)
{
    tcase_add_test(tcase, test_truncated_at_every_byte);
    add_random(tcase, 0, 1);
    tcase_add_loop_test(tcase, test_no_text, 0, COUNT_OF(no_text));
    tcase_add_loop_test(tcase, test_large_and_dull, 0, COUNT_OF(dull));
}

CHECK_SUITE(suite)
{
    TCase *edges = family(suite, "limits");
    TCase *files = family(suite, "files");
    TCase *seeds = family(suite, "hostile input, other seeds");

    tcase_add_loop_test(edges, test_limits, 0, COUNT_OF(limits));
    add_hostile(family(suite, "hostile input"));
    /* They take minutes there; fuzz/inputs gives this reader 20,000 under a sanitizer. */
    tcase_set_tags(seeds, "no-memcheck");
    add_random(seeds, 1, SEEDS);
    tcase_add_test(files, test_load);
    tcase_add_test(files, test_load_what_is_no_file);
    tcase_add_loop_test(files, test_sizes, 0, 3);
}
