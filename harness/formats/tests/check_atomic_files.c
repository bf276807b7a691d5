/* SPDX-License-Identifier: MIT
 *
 * check_atomic_files.c - what was there stands until all of the new is on the disk.
 *
 * A disk that is full for anybody: a limit on the size of files (RLIMIT_FSIZE) ends a write in the
 * same place, and /dev/full ends one that goes to a device.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/tests/suite_main.h"
#include "harness/formats/files/atomic_files.h"

enum { LONG = 300000 };

static char folder[64], bytes[LONG];
static int signal_in_fsync; /* 0: none */

/* In place of the C library's: when all bytes are in the new file, and it has no name yet. */
int fsync(int fd)
{
    if (signal_in_fsync != 0)
        kill(getpid(), signal_in_fsync);
    return (int)syscall(SYS_fsync, fd);
}

static struct sw_error e;

static void put(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");

    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    fclose(out);
}

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/check_atomic_files.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    put("good", "good");
    memset(bytes, 'n', sizeof bytes);
    e = (struct sw_error){0};
}

static void teardown(void)
{
    char command[96];

    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static void says(const char *path, const char *text)
{
    char have[LONG + 1] = "";
    FILE *in = fopen(path, "r");

    ck_assert_ptr_nonnull(in);
    have[fread(have, 1, LONG, in)] = '\0';
    fclose(in);
    ck_assert_str_eq(have, text);
}

static int files(void)
{
    struct dirent **names;
    int count = scandir(".", &names, NULL, alphasort);

    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return count - 2; /* . and .. */
}

static int mode_of(const char *path)
{
    struct stat status;

    ck_assert_int_eq(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static void refuses(int status, const char *path, const char *why)
{
    ck_assert_int_eq(status, -1);
    ck_assert_str_eq(e.path, path);
    ck_assert_msg(strstr(e.text, why) != NULL, "%s", e.text);
}

/* Until the end of this test, which has a process of its own. */
static void limit_files(rlim_t most)
{
    const struct rlimit limit = {most, most};

    sw_atomic_files_take_signals();
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* ---- a disk that is full ---- */

START_TEST(test_a_full_disk_leaves_what_was_there)
{
    const rlim_t room[] = {0, 4, 5000};

    limit_files(room[_i]);
    refuses(sw_atomic_files_write("good", bytes, LONG, &e), "good", "cannot be written: ");
    says("good", "good");
    ck_assert_int_eq(files(), 1);
    refuses(sw_atomic_files_write("new", bytes, LONG, &e), "new", "cannot be written: ");
    refuses(sw_atomic_files_write_new("new", bytes, LONG, &e), "new", "cannot be written: ");
    ck_assert_int_eq(files(), 1);
}
END_TEST

START_TEST(test_a_full_device_is_said)
{
    ck_assert_int_eq(symlink("/dev/full", "device"), 0);
    refuses(sw_atomic_files_write("device", "x", 1, &e), "device", "No space left on device");
    refuses(sw_atomic_files_write("/dev/full", "x", 1, &e), "/dev/full", "No space left");
}
END_TEST

/* What is started has the limit, and what the system does about it. */
START_TEST(test_others_are_ended_by_the_limit_as_before)
{
    limit_files(0);
    int status = system("exec 2>&-; dash -c 'echo x >x'");
    ck_assert_msg(WIFSIGNALED(status) || WEXITSTATUS(status) == 128 + SIGXFSZ, "%x", status);
}
END_TEST

/* ---- one that is not ---- */

START_TEST(test_the_new_one_takes_its_place)
{
    ck_assert_int_eq(chmod("good", 0640), 0);
    ck_assert_int_eq(sw_atomic_files_write("good", "better", 6, &e), 0);
    says("good", "better");
    ck_assert_int_eq(mode_of("good"), 0640);
    ck_assert_int_eq(files(), 1);
}
END_TEST

START_TEST(test_a_new_file_is_as_the_user_wants_them)
{
    umask(027);
    ck_assert_int_eq(sw_atomic_files_write("new", "new", 3, &e), 0);
    ck_assert_int_eq(mode_of("new"), 0640);
    says("new", "new");
}
END_TEST

START_TEST(test_who_reads_has_the_old_one_whole)
{
    char have[8] = "";
    int fd = open("good", O_RDONLY);

    ck_assert_int_eq(sw_atomic_files_write("good", "better", 6, &e), 0);
    ck_assert_int_eq(read(fd, have, sizeof have), 4);
    ck_assert_str_eq(have, "good");
    close(fd);
}
END_TEST

START_TEST(test_what_is_there_may_be_asked_to_stay)
{
    ck_assert_int_eq(sw_atomic_files_write_new("good", "x", 1, &e), 1);
    says("good", "good");
    ck_assert_int_eq(sw_atomic_files_write_new("new", "x", 1, &e), 0);
    says("new", "x");
    ck_assert_int_eq(files(), 2);
}
END_TEST

/* ---- where it goes ---- */

START_TEST(test_a_link_stays_a_link)
{
    ck_assert_int_eq(mkdir("far", 0777), 0);
    put("far/file", "old");
    ck_assert_int_eq(symlink("far/file", "link") | symlink("link", "again"), 0);
    ck_assert_int_eq(symlink("file", "far/near") | symlink("nowhere", "dangling"), 0);
    ck_assert_int_eq(sw_atomic_files_write("again", "new", 3, &e), 0);
    says("far/file", "new");
    ck_assert_int_eq(sw_atomic_files_write("far/near", "newer", 5, &e), 0);
    says("far/file", "newer");
    ck_assert_int_eq(sw_atomic_files_write("dangling", "made", 4, &e), 0);
    says("nowhere", "made");
    struct stat status;
    ck_assert(lstat("again", &status) == 0 && S_ISLNK(status.st_mode));
}
END_TEST

START_TEST(test_a_device_stays_one)
{
    struct stat status;

    ck_assert_int_eq(symlink("/dev/null", "null"), 0);
    ck_assert_int_eq(sw_atomic_files_write("null", "x", 1, &e), 0);
    ck_assert_int_eq(sw_atomic_files_write("/dev/null", "x", 1, &e), 0);
    ck_assert(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode));
}
END_TEST

/* Of this process's own descriptor, which would go on with a file that has lost its name. */
START_TEST(test_stdout_is_written_behind_what_it_has)
{
    ck_assert_int_eq(dup2(open("printed", O_WRONLY | O_CREAT, 0666), STDOUT_FILENO), STDOUT_FILENO);
    ck_assert_int_eq(write(STDOUT_FILENO, "one ", 4), 4);
    ck_assert_int_eq(sw_atomic_files_write("/dev/stdout", "two", 3, &e), 0);
    ck_assert_int_eq(sw_atomic_files_write("/dev/fd/1", " three", 6, &e), 0);
    says("printed", "one two three");
}
END_TEST

START_TEST(test_a_name_may_have_all_its_bytes)
{
    char name[NAME_MAX + 2];

    memset(name, 'a', NAME_MAX + 1);
    name[NAME_MAX + 1] = '\0';
    refuses(sw_atomic_files_write(name, "x", 1, &e), name, "File name too long");
    refuses(sw_atomic_files_check_output(name, &e), name, "File name too long");
    name[NAME_MAX] = '\0';
    ck_assert_int_eq(sw_atomic_files_check_output(name, &e), 0);
    ck_assert_int_eq(sw_atomic_files_write(name, "x", 1, &e), 0);
    says(name, "x");
}
END_TEST

START_TEST(test_what_cannot_be_is_said_before)
{
    ck_assert_int_eq(symlink("b", "a") | symlink("a", "b"), 0);
    refuses(sw_atomic_files_check_output(".", &e), ".", "cannot be written: it is a folder");
    refuses(sw_atomic_files_check_output("no/x", &e), "no/x", "No such file or directory");
    refuses(sw_atomic_files_check_output("good/x", &e), "good/x", "Not a directory");
    refuses(sw_atomic_files_check_output("a", &e), "a", "symbolic links");
    refuses(sw_atomic_files_check_output("", &e), "", "No such file or directory");
    refuses(sw_atomic_files_write("a", "x", 1, &e), "a", "symbolic links");
    ck_assert_int_eq(sw_atomic_files_check_output("good", &e), 0);
    ck_assert_int_eq(sw_atomic_files_check_output("/dev/null", &e), 0);
    ck_assert_int_eq(sw_atomic_files_check_output(NULL, &e), 0);
}
END_TEST

START_TEST(test_a_signal_leaves_nothing_beside)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        signal(signals[_i], SIG_DFL); /* libcheck has one of its own */
        signal_in_fsync = signals[_i];
        sw_atomic_files_write("good", "new", 3, &e);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == signals[_i]);
    says("good", "new");
    ck_assert_int_eq(files(), 1);
}
END_TEST

START_TEST(test_what_is_read_is_not_written)
{
    ck_assert_int_eq(symlink("good", "a") | link("good", "b"), 0);
    refuses(sw_atomic_files_check_apart("good", "./good", &e), "good", "the same file as ./good");
    refuses(sw_atomic_files_check_apart("a", "good", &e), "a", "the same file as good");
    refuses(sw_atomic_files_check_apart("b", "good", &e), "b", "the same file as good");
    put("other", "good");
    ck_assert_int_eq(sw_atomic_files_check_apart("other", "good", &e), 0);
    ck_assert_int_eq(sw_atomic_files_check_apart("new", "good", &e), 0);
    ck_assert_int_eq(sw_atomic_files_check_apart("/dev/null", "/dev/null", &e), 0);
    ck_assert_int_eq(sw_atomic_files_check_apart(NULL, "good", &e), 0);
    ck_assert_int_eq(sw_atomic_files_check_apart("good", NULL, &e), 0);
}
END_TEST

/* As a user who is not root: root may write anything. */
START_TEST(test_what_may_not_be_written_stays)
{
    ck_assert_int_eq(chmod(folder, 0777) | mkdir("closed", 0777), 0);
    put("closed/f", "old");
    ck_assert_int_eq(chmod("closed/f", 0666) | chmod("closed", 0555) | chmod("good", 0444), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(setresuid(65534, 65534, 0), 0);
    refuses(sw_atomic_files_check_output("closed/f", &e), "closed/f", "Permission denied");
    refuses(sw_atomic_files_write("closed/f", "x", 1, &e), "closed/f", "Permission denied");
    refuses(sw_atomic_files_write("good", "x", 1, &e), "good", "Permission denied");
    says("closed/f", "old");
    says("good", "good");
    (void)!setresuid(0, 0, 0); /* for teardown() */
}
END_TEST

/* ---- several at once ---- */

enum { WRITERS = 8, TIMES = 50 };

static void write_often(char letter)
{
    memset(bytes, letter, sizeof bytes);
    for (int i = 0; i < TIMES; i++)
        if (sw_atomic_files_write("good", bytes, 20000, &e) < 0)
            _exit(1);
    _exit(0);
}

START_TEST(test_of_many_writers_one_is_last_and_whole)
{
    char have[LONG];
    int status, failed = 0;

    for (int i = 0; i < WRITERS; i++)
        if (fork() == 0)
            write_often((char)('a' + i));
    while (wait(&status) > 0)
        failed += status != 0;
    ck_assert_int_eq(failed, 0);
    FILE *in = fopen("good", "r");
    ck_assert_uint_eq(fread(have, 1, sizeof have, in), 20000);
    fclose(in);
    for (int i = 1; i < 20000; i++)
        ck_assert_int_eq(have[i], have[0]);
    ck_assert_int_eq(files(), 1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *full = tcase_create("a disk that is full"), *well = tcase_create("one that is not");
    TCase *where = tcase_create("where it goes"), *many = tcase_create("several at once");

    tcase_add_checked_fixture(full, setup, teardown);
    tcase_set_tags(full, "no-memcheck"); /* the limit ends valgrind's own log as well */
    tcase_add_loop_test(full, test_a_full_disk_leaves_what_was_there, 0, 3);
    tcase_add_test(full, test_a_full_device_is_said);
    tcase_add_test(full, test_others_are_ended_by_the_limit_as_before);
    suite_add_tcase(suite, full);
    tcase_add_checked_fixture(well, setup, teardown);
    tcase_add_test(well, test_the_new_one_takes_its_place);
    tcase_add_test(well, test_a_new_file_is_as_the_user_wants_them);
    tcase_add_test(well, test_who_reads_has_the_old_one_whole);
    tcase_add_test(well, test_what_is_there_may_be_asked_to_stay);
    suite_add_tcase(suite, well);
    tcase_add_checked_fixture(where, setup, teardown);
    tcase_add_test(where, test_a_link_stays_a_link);
    tcase_add_test(where, test_a_device_stays_one);
    tcase_add_test(where, test_stdout_is_written_behind_what_it_has);
    tcase_add_test(where, test_a_name_may_have_all_its_bytes);
    tcase_add_test(where, test_what_cannot_be_is_said_before);
    tcase_add_test(where, test_what_is_read_is_not_written);
    tcase_add_loop_test(where, test_a_signal_leaves_nothing_beside, 0, 3);
    tcase_add_test(where, test_what_may_not_be_written_stays);
    suite_add_tcase(suite, where);
    tcase_add_checked_fixture(many, setup, teardown);
    tcase_add_test(many, test_of_many_writers_one_is_last_and_whole);
    suite_add_tcase(suite, many);
}
