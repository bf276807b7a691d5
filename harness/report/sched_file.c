/* SPDX-License-Identifier: MIT */
#include "sched_file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "contract/utf8.h"
#include "harness/formats/files/atomic_files.h"
#include "harness/formats/sched/schedz.h"
#include "harness/formats/sched/sched_paths.h"

/* Of the 255 bytes that a name has, some are for ".sched", ".min.sched", ".min.min.sched". */
enum { NAME_BYTES = 200, HASH_BYTES = 17, NAMES_MAX = 1000 };

/* ---- its name ---- */

/* "./a/../b/x.py" gives "a/../b/": what tells it from others of its name. */
static void folders_of(const char *path, char *buf, size_t size)
{
    while (strncmp(path, "./", 2) == 0 || strncmp(path, "../", 3) == 0 || *path == '/')
        path += *path == '/' ? 1 : strcspn(path, "/") + 1;
    snprintf(buf, size, "%.*s", (int)(basename(path) - path), path);
}

/* test_bank.py and TestBank::test_move make test_bank-TestBank.test_move. */
static void simple_of(const struct sw_sched_file_name *name, char *buf, size_t size)
{
    const char *base = basename(name->file);
    int length = (int)strlen(base);

    if (name->test == NULL) {
        snprintf(buf, size, "%s", base);
        return;
    }
    if (length > 3 && strcmp(base + length - 3, ".py") == 0)
        length -= 3;
    int used = snprintf(buf, size, "%.*s-", length, base);
    for (const char *at = name->test; *at != '\0' && (size_t)used + 1 < size; at++) {
        buf[used++] = *at == ':' ? '.' : *at;
        at += at[0] == ':' && at[1] == ':';
    }
    buf[used] = '\0';
}

/* A parametrized name has brackets, blanks and whatever else; a file's name should need no quotes,
 * and be no option. */
static void make_plain(char *text)
{
    const char *end = text + strlen(text);

    for (char *at = text; at < end;) {
        size_t length = sw_utf8_printable(at, end);
        int plain = length > 1 || isalnum((unsigned char)*at) || strchr("._-", *at) != NULL;
        if (*at == '/')
            *at = '-';
        else if (!plain)
            *at = '_';
        at += length > 0 ? length : 1;
    }
    if (*text == '-')
        *text = '_';
}

static void cut(char *text)
{
    size_t length = strlen(text);
    uint64_t hash = XXH3_64bits(text, length);

    if (length <= NAME_BYTES)
        return;
    text[NAME_BYTES - HASH_BYTES] = '\0';
    sw_utf8_trim(text);
    sprintf(text + strlen(text), "-%016llx", (unsigned long long)hash);
}

/* The name to try as number i: 0, 1, 2, ... */
static void make_path(const struct sw_sched_file_name *name, int i, char *path)
{
    char text[2 * PATH_MAX] = "", number[16] = "", simple[PATH_MAX];

    if (i == 1)
        folders_of(name->file, text, PATH_MAX);
    else if (i > 1)
        snprintf(number, sizeof number, "-%d", i);
    simple_of(name, simple, sizeof simple);
    strcat(text, simple);
    make_plain(text);
    cut(text);
    snprintf(path, PATH_MAX, "%.*s%s%s%s.sched", PATH_MAX - NAME_MAX - 1, name->folder, text,
             number, name->kind);
}

/* ---- whose it is ---- */

static int is_same_file(const struct sw_sched *a, const struct sw_sched *b)
{
    const char *name_a = a->input != NULL ? a->input : a->program;
    const char *name_b = b->input != NULL ? b->input : b->program;
    char *path_a = sw_sched_paths_file(a, name_a), *path_b = sw_sched_paths_file(b, name_b);
    char real_a[PATH_MAX], real_b[PATH_MAX];
    int same = 0;

    if (path_a != NULL && path_b != NULL)
        same = realpath(path_a, real_a) != NULL && realpath(path_b, real_b) != NULL
                   ? strcmp(real_a, real_b) == 0
                   : strcmp(name_a, name_b) == 0; /* one of them is there no more */
    free(path_a);
    free(path_b);
    return same;
}

static int is_same_target(const struct sw_sched *a, const struct sw_sched *b)
{
    if ((a->input != NULL) != (b->input != NULL) || a->arg_count != b->arg_count)
        return 0;
    /* The first argument of a test is its file. */
    for (int i = a->input != NULL; i < a->arg_count; i++)
        if (strcmp(a->args[i], b->args[i]) != 0)
            return 0;
    return is_same_file(a, b);
}

int sw_sched_file_is_of(const char *path, const struct sw_sched *target)
{
    struct sw_sched *there = NULL;
    struct sw_error e;

    if (sw_sched_load(path, &there, &e) < 0)
        return 0;
    (void)sw_sched_paths(path, there, &e);
    int same = is_same_target(there, target);
    sw_sched_free(there);
    return same;
}

/* Another one in the folder, that differs in case only. */
static int is_alike(const char *path)
{
    char folder[PATH_MAX];
    const char *base = basename(path);
    int found = 0;

    snprintf(folder, sizeof folder, "%.*s.", (int)(base - path), path);
    DIR *all = opendir(folder);
    for (struct dirent *one; all != NULL && !found && (one = readdir(all)) != NULL;)
        found = strcasecmp(one->d_name, base) == 0 && strcmp(one->d_name, base) != 0;
    if (all != NULL)
        closedir(all);
    return found;
}

/* ---- taking it ---- */

/* 1: we have it, and it is empty; 0: it has something, or somebody is about to write it; -1 with
 * errno. */
static int lock_empty(struct sw_sched_file *file, int flags)
{
    struct stat status;

    file->fd = open(file->path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | flags, 0666);
    if (file->fd < 0)
        return -1;
    if (fstat(file->fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0 &&
        flock(file->fd, LOCK_EX | LOCK_NB) == 0)
        return 1;
    close(file->fd);
    file->fd = -1;
    return 0;
}

/* 1: taken; 0: it is another's; -1 with *e. */
static int try_to_take(struct sw_sched_file *file, const struct sw_sched *target,
                       struct sw_error *e)
{
    if (is_alike(file->path))
        return 0;
    int status = lock_empty(file, O_CREAT | O_EXCL);
    if (status >= 0)
        return status;
    if (errno != EEXIST)
        return sw_error_set(e, file->path, 0, 0, "cannot be written: %s", strerror(errno));
    /* An empty one is of a process that was killed, unless that holds the lock. */
    return lock_empty(file, 0) == 1 || sw_sched_file_is_of(file->path, target);
}

int sw_sched_file_take(struct sw_sched_file *file, const struct sw_sched_file_name *name,
                       const struct sw_sched *target, struct sw_error *e)
{
    int status = 0;

    file->fd = -1;
    for (int i = 0; i < NAMES_MAX && status == 0; i++) {
        make_path(name, i, file->path);
        status = try_to_take(file, target, e);
    }
    return status == 0 ? sw_error_set(e, file->path, 0, 0,
                                      "this name, and %d like it, are taken by other schedules",
                                      NAMES_MAX - 1)
                       : (status > 0 ? 0 : -1);
}

/* Whatever a schedule's version is, it begins so. */
static int is_schedule(const char *path)
{
    static const char begins[] = "spillway schedule ";
    char text[sizeof begins] = "";
    FILE *in = fopen(path, "re");
    size_t length = in != NULL ? fread(text, 1, sizeof begins - 1, in) : 0;

    if (in != NULL)
        fclose(in);
    return in == NULL || length == 0 || strcmp(text, begins) == 0;
}

int sw_sched_file_check(const char *path, struct sw_error *e)
{
    struct stat status;

    if (sw_atomic_files_check_output(path, e) < 0)
        return -1;
    if (path != NULL && sw_schedz_is_archive(path))
        return sw_error_set(e, path, 0, 0,
                            "one schedule is a .sched; \"spillway convert\" adds it to an archive");
    return path == NULL || stat(path, &status) < 0 || !S_ISREG(status.st_mode) || is_schedule(path)
               ? 0
               : sw_error_set(e, path, 0, 0, "it is no schedule, and stays as it is");
}

int sw_sched_file_take_named(struct sw_sched_file *file, const char *path, struct sw_error *e)
{
    file->fd = -1;
    if (snprintf(file->path, sizeof file->path, "%s", path) >= (int)sizeof file->path)
        return sw_error_set(e, path, 0, 0, "cannot be written: %s", strerror(ENAMETOOLONG));
    if (sw_sched_file_check(path, e) < 0)
        return -1;
    return lock_empty(file, O_CREAT | O_EXCL) < 0 && errno != EEXIST
               ? sw_error_set(e, path, 0, 0, "cannot be written: %s", strerror(errno))
               : 0;
}

/* ---- afterwards ---- */

void sw_sched_file_print(const struct sw_sched *sched, const struct sw_error *why)
{
    size_t size;
    char *text = sw_sched_write_text(sched, &size);

    fflush(stdout);
    fprintf(stderr, "spillway: %s: %s; the schedule that should stand there:\n%s", why->path,
            why->text, text != NULL ? text : "");
    free(text);
}

void sw_sched_file_release(struct sw_sched_file *file)
{
    struct stat ours, there;

    if (file->fd < 0)
        return;
    /* What was written has taken its place, and is another file. */
    if (fstat(file->fd, &ours) == 0 && ours.st_size == 0 && stat(file->path, &there) == 0 &&
        ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
        unlink(file->path);
    close(file->fd);
    file->fd = -1;
}
