/* SPDX-License-Identifier: MIT
 *
 * check_whole_file.c - what is a file, how much of it, and what errno says of the rest.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/tests/suite_main.h"
#include "contract/whole_file.h"

static char folder[64];
static struct sw_error e;
static size_t size;

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/check_whole_file.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    int fd = open("f", O_WRONLY | O_CREAT, 0600);
    ck_assert_int_eq(write(fd, "a\0b", 3), 3);
    close(fd);
}

static void teardown(void)
{
    unlink("f");
    unlink("pipe");
    rmdir(folder);
}

START_TEST(test_all_bytes_and_a_nul)
{
    char *bytes = sw_whole_file_read("f", 3, &size, &e);

    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(size, 3);
    ck_assert_mem_eq(bytes, "a\0b", 4);
    free(bytes);
}
END_TEST

START_TEST(test_an_empty_file_is_one)
{
    ck_assert_int_eq(truncate("f", 0), 0);
    char *bytes = sw_whole_file_read("f", 0, &size, &e);
    ck_assert_str_eq(bytes, "");
    ck_assert_uint_eq(size, 0);
    free(bytes);
}
END_TEST

static void refuses(const char *path, size_t most, int error, const char *text)
{
    errno = 0;
    ck_assert_ptr_null(sw_whole_file_read(path, most, &size, &e));
    ck_assert_int_eq(errno, error);
    ck_assert_str_eq(e.text, text);
    ck_assert_str_eq(e.path, path);
}

START_TEST(test_what_is_refused)
{
    refuses("f", 2, EFBIG, "3 bytes; more than 2 are refused");
    refuses("nothing", 9, ENOENT, "No such file or directory");
    refuses(".", 9, EISDIR, "not a file");
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    refuses("pipe", 9, EINVAL, "not a file");
    refuses("/dev/null", 9, EINVAL, "not a file");
}
END_TEST

START_TEST(test_piece_by_piece)
{
    char piece[2];
    int fd = sw_whole_file_open("f", &e);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(sw_whole_file_next(fd, piece, 2, "f", &e), 2);
    ck_assert_int_eq(sw_whole_file_next(fd, piece, 2, "f", &e), 1);
    ck_assert_int_eq(sw_whole_file_next(fd, piece, 2, "f", &e), 0);
    close(fd);
    ck_assert_int_eq(sw_whole_file_next(fd, piece, 2, "f", &e), -1);
    ck_assert_int_eq(errno, EBADF);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *c = tcase_create("files");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, test_all_bytes_and_a_nul);
    tcase_add_test(c, test_an_empty_file_is_one);
    tcase_add_test(c, test_what_is_refused);
    tcase_add_test(c, test_piece_by_piece);
    suite_add_tcase(suite, c);
}
