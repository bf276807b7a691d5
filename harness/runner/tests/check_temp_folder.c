/* SPDX-License-Identifier: MIT
 *
 * check_temp_folder.c - each has its own, it is empty, and it goes with what is in it.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/empty_folder.h"
#include "contract/tests/suite_main.h"
#include "harness/runner/temp_folder.h"

static struct sw_temp_folder folder;

static void setup(void)
{
    sw_temp_folder_take(&folder, "a/program.py");
    ck_assert_int_ge(folder.fd, 0);
}

static void teardown(void)
{
    sw_temp_folder_give_back(&folder, 1);
}

static void make(const char *name)
{
    int fd = openat(folder.fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    ck_assert_int_ge(fd, 0);
    close(fd);
}

static int has(const char *name)
{
    return faccessat(folder.fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int is_empty(void)
{
    char kept[SW_EMPTY_FOLDER_KEPT];

    ck_assert_int_eq(sw_empty_folder_list(syscall, folder.fd, kept), 0);
    return kept[0] == '\0';
}

START_TEST(test_two_have_two)
{
    struct sw_temp_folder other;

    sw_temp_folder_take(&other, "a/program.py");
    ck_assert_int_ge(other.fd, 0);
    ck_assert_str_ne(folder.path, other.path);
    sw_temp_folder_give_back(&other, 1);
}
END_TEST

/* Beside one of another name: whatever runs, and wherever the program lies. */
START_TEST(test_a_program_has_its_number)
{
    struct sw_temp_folder other, again;

    sw_temp_folder_take(&other, "b/another.py");
    strcpy(again.path, other.path);
    sw_temp_folder_give_back(&other, 1);
    teardown();
    sw_temp_folder_take(&other, "another.py");
    ck_assert_str_eq(other.path, again.path);
    sw_temp_folder_give_back(&other, 1);
}
END_TEST

START_TEST(test_one_that_is_given_back_is_gone)
{
    char path[SW_TEMP_PATH_MAX];

    strcpy(path, folder.path);
    make("left");
    sw_temp_folder_give_back(&folder, 1);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_str_eq(folder.path, "");
}
END_TEST

/* Until the next one takes it. */
START_TEST(test_what_is_left_may_stay)
{
    char left[SW_TEMP_PATH_MAX + 8];

    snprintf(left, sizeof left, "%s/left", folder.path);
    make("left");
    sw_temp_folder_give_back(&folder, 0);
    ck_assert_int_eq(access(left, F_OK), 0);
    setup();
    ck_assert(is_empty());
}
END_TEST

/* Its holder was killed: nothing was given back. */
START_TEST(test_one_whose_holder_was_killed)
{
    struct sw_temp_folder other = {.fd = -1};
    char path[SW_TEMP_PATH_MAX] = "";
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        sw_temp_folder_take(&other, "a/program.py");
        if (write(fds[1], other.path, sizeof other.path) < 0)
            _exit(1);
        close(openat(other.fd, "left", O_WRONLY | O_CREAT, 0600));
        _exit(0);
    }
    waitpid(child, NULL, 0);
    ck_assert_int_eq(read(fds[0], path, sizeof path), sizeof path);
    close(fds[0]);
    close(fds[1]);
    ck_assert_str_ne(path, folder.path);
    sw_temp_folder_take(&other, "a/program.py");
    /* Another test beside this one may have been faster. */
    char left[SW_TEMP_PATH_MAX + 8];
    snprintf(left, sizeof left, "%s/left", other.path);
    ck_assert_int_ne(access(left, F_OK), 0);
    sw_temp_folder_give_back(&other, 1);
}
END_TEST

/* ---- empty_folder.h ---- */

START_TEST(test_all_goes_but_what_is_kept)
{
    char kept[SW_EMPTY_FOLDER_KEPT];

    make("kept");
    ck_assert_int_eq(mkdirat(folder.fd, "kept too", 0700), 0);
    make("kept too/left in it");
    ck_assert_int_eq(sw_empty_folder_list(syscall, folder.fd, kept), 0);
    make("another");
    ck_assert_int_eq(mkdirat(folder.fd, "folder", 0700), 0);
    make("folder/kept");
    ck_assert_int_eq(symlinkat("/", folder.fd, "link"), 0);
    ck_assert_int_eq(sw_empty_folder_remove(syscall, folder.fd, kept), 0);
    ck_assert(has("kept") && has("kept too/left in it"));
    ck_assert(!has("another") && !has("folder") && !has("link"));
    ck_assert_int_eq(sw_empty_folder_remove(syscall, folder.fd, NULL), 0);
    ck_assert(is_empty());
}
END_TEST

/* Deeper than a name can be, with a folder that nobody may enter at its end. */
START_TEST(test_a_deep_folder)
{
    int at = dup(folder.fd);

    for (int i = 0; i < 300; i++) {
        ck_assert_int_eq(mkdirat(at, "a folder in a folder", 0700), 0);
        int next = openat(at, "a folder in a folder", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ck_assert_int_ge(next, 0);
        close(at);
        at = next;
    }
    ck_assert_int_eq(mkdirat(at, "closed", 0), 0);
    close(at);
    ck_assert_int_eq(sw_empty_folder_remove(syscall, folder.fd, NULL), 0);
    ck_assert(is_empty());
}
END_TEST

START_TEST(test_many_names)
{
    char name[300];

    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "%0255d", i);
        make(name);
    }
    char kept[SW_EMPTY_FOLDER_KEPT];
    ck_assert_int_lt(sw_empty_folder_list(syscall, folder.fd, kept), 0);
    ck_assert_int_eq(sw_empty_folder_remove(syscall, folder.fd, NULL), 0);
    ck_assert(is_empty());
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("folders");

    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, test_two_have_two);
    tcase_add_test(all, test_a_program_has_its_number);
    tcase_add_test(all, test_one_that_is_given_back_is_gone);
    tcase_add_test(all, test_what_is_left_may_stay);
    tcase_add_test(all, test_one_whose_holder_was_killed);
    tcase_add_test(all, test_all_goes_but_what_is_kept);
    tcase_add_test(all, test_a_deep_folder);
    tcase_add_test(all, test_many_names);
    suite_add_tcase(suite, all);
}
