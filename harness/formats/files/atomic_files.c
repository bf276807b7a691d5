/* SPDX-License-Identifier: MIT */
#include "atomic_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 /* as the kernel's */, NAMES_MAX = 10000 };

static int refuse(const char *path, struct sw_error *e)
{
    return sw_error_set(e, path, 0, 0, "cannot be written: %s",
                        errno == EISDIR ? "it is a folder" : strerror(errno));
}

/* ---- where it goes ---- */

struct target {
    char path[PATH_MAX]; /* behind all links */
    struct stat old; /* of what is there */
    int is_there;
    int is_direct; /* written to as it is */
};

/* Links there lead to descriptors: what is behind them must not become another file. */
static int is_descriptor(const char *path)
{
    return strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/dev/fd/", 8) == 0;
}

/* "a/b/c" gives "a/b/", and "c" gives "". */
static int folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? 0 : (int)(slash - path) + 1;
}

/* One link further.  1; 0: it is none; -1 with errno. */
static int follow(char *path)
{
    char link[PATH_MAX], next[PATH_MAX];
    ssize_t length = readlink(path, link, sizeof link);

    if (length < 0)
        return 0;
    if (snprintf(next, sizeof next, "%.*s%.*s", *link == '/' ? 0 : folder_length(path), path,
                 (int)length, link) >= (int)sizeof next) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(path, next);
    return 1;
}

/* 0, or -1 with errno. */
static int find_target(const char *path, struct target *target)
{
    int links = 0, status;

    *target = (struct target){0};
    if (snprintf(target->path, sizeof target->path, "%s", path) >= (int)sizeof target->path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    target->is_there = stat(path, &target->old) == 0;
    if (!target->is_there && (errno != ENOENT || *path == '\0'))
        return -1;
    target->is_direct = target->is_there && !S_ISREG(target->old.st_mode);
    do {
        target->is_direct |= is_descriptor(target->path);
        status = target->is_direct ? 0 : follow(target->path);
    } while (status == 1 && links++ < LINKS_MAX);
    if (status == 1)
        errno = ELOOP;
    return status == 0 ? 0 : -1;
}

/* Could it be written?  0, or -1 with errno. */
static int check(const struct target *target)
{
    char folder[PATH_MAX];

    if (target->is_there && S_ISDIR(target->old.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    if (target->is_there && access(target->path, W_OK) < 0)
        return -1;
    if (target->is_direct)
        return 0;
    snprintf(folder, sizeof folder, "%.*s.", folder_length(target->path), target->path);
    return access(folder, W_OK | X_OK);
}

/* ---- the bytes ---- */

static int write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno != EINTR)
            return -1;
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

/* At the end of what is there: it may be the file that stdout is, and has been printed to. */
static int write_directly(const struct target *target, const void *bytes, size_t size)
{
    int fd = open(target->path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return -1;
    int failed = write_all(fd, bytes, size) < 0;
    int error = errno;
    if (close(fd) < 0 && !failed)
        return -1;
    errno = error;
    return failed ? -1 : 0;
}

/* A new file in the same folder, since rename() and link() work within a file system.  Its name does
 * not grow with the target's, which may have all 255 bytes.  name: of PATH_MAX.  -1 with errno. */
static int open_beside(const struct target *target, char *name)
{
    static _Atomic unsigned last;
    int fd = -1;

    /* Another machine may have a process of that number. */
    for (int i = 0; i < NAMES_MAX; i++) {
        if (snprintf(name, PATH_MAX, "%.*s.spillway-%d-%u", folder_length(target->path),
                     target->path, getpid(), atomic_fetch_add(&last, 1)) >= PATH_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    return fd;
}

/* Whoever may read the old one may read the new one.  Who owns neither cannot give them away, and
 * then it is his. */
static void take_over(int fd, const struct target *target)
{
    if (!target->is_there)
        return;
    (void)!fchown(fd, target->old.st_uid, target->old.st_gid);
    (void)!fchmod(fd, target->old.st_mode & 07777);
}

/* So that errno says what went wrong first. */
static void give_up(int fd, const char *name)
{
    int error = errno;

    if (fd >= 0)
        close(fd);
    unlink(name);
    errno = error;
}

static int write_beside(const struct target *target, const void *bytes, size_t size, char *name)
{
    int fd = open_beside(target, name);

    if (fd < 0)
        return -1;
    take_over(fd, target);
    /* fsync before the rename: else a crash of the machine may leave the new name with no bytes. */
    if (write_all(fd, bytes, size) < 0 || fsync(fd) < 0) {
        give_up(fd, name);
        return -1;
    }
    if (close(fd) == 0)
        return 0;
    give_up(-1, name);
    return -1;
}

/* So that a name is on the disk, too.  Not every file system can; where that is so the names are as
 * safe as they get. */
static int sync_folder(const char *path)
{
    char folder[PATH_MAX];

    snprintf(folder, sizeof folder, "%.*s.", folder_length(path), path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = fd >= 0 && fsync(fd) < 0 && errno == EIO;
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return failed ? -1 : 0;
}

/* ---- the whole ---- */

/* A Ctrl-C that ends the command would leave the new file beside the old one.  It comes a moment
 * later. */
static void hold_signals(sigset_t *before)
{
    sigset_t held;

    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &held, before);
}

static void let_signals(const sigset_t *before)
{
    int error = errno;

    pthread_sigmask(SIG_SETMASK, before, NULL);
    errno = error;
}

static int replace(const struct target *target, const void *bytes, size_t size)
{
    char name[PATH_MAX];

    if (write_beside(target, bytes, size, name) < 0)
        return -1;
    if (rename(name, target->path) < 0) {
        give_up(-1, name);
        return -1;
    }
    return sync_folder(target->path);
}

/* link(), unlike rename(), refuses to replace: who comes first has written it. */
static int add(const struct target *target, const void *bytes, size_t size)
{
    char name[PATH_MAX];

    if (write_beside(target, bytes, size, name) < 0)
        return -1;
    int was_there = link(name, target->path) < 0;
    int failed = was_there && errno != EEXIST;
    give_up(-1, name);
    return failed || sync_folder(target->path) < 0 ? -1 : was_there;
}

typedef int take_name(const struct target *target, const void *bytes, size_t size);

static int write_as(const char *path, const void *bytes, size_t size, take_name *as,
                    struct sw_error *e)
{
    struct target target;
    sigset_t before;
    int status;

    if (find_target(path, &target) < 0 || check(&target) < 0)
        return refuse(path, e);
    if (target.is_direct) /* for as long as a reader likes */
        return write_directly(&target, bytes, size) < 0 ? refuse(path, e) : 0;
    hold_signals(&before);
    status = as(&target, bytes, size);
    let_signals(&before);
    return status < 0 ? refuse(path, e) : status;
}

int sw_atomic_files_write(const char *path, const void *bytes, size_t size, struct sw_error *e)
{
    return write_as(path, bytes, size, replace, e);
}

int sw_atomic_files_write_new(const char *path, const void *bytes, size_t size, struct sw_error *e)
{
    return access(path, F_OK) == 0 ? 1 : write_as(path, bytes, size, add, e);
}

int sw_atomic_files_rename(const char *from, const char *to, struct sw_error *e)
{
    struct target target;

    return find_target(to, &target) < 0 || rename(from, target.path) < 0 ||
                   sync_folder(target.path) < 0
               ? refuse(to, e)
               : 0;
}

int sw_atomic_files_make_folder(const char *path, struct sw_error *e)
{
    char folder[PATH_MAX];
    struct stat status;

    if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder) {
        errno = ENAMETOOLONG;
        return sw_error_set(e, path, 0, 0, "%s", strerror(errno));
    }
    for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0777); /* if that fails, the last one does, too, and says why */
        *slash = '/';
    }
    if (mkdir(folder, 0777) == 0)
        return 0;
    if (errno != EEXIST || stat(folder, &status) < 0)
        return sw_error_set(e, path, 0, 0, "%s", strerror(errno));
    return S_ISDIR(status.st_mode) ? 0 : sw_error_set(e, path, 0, 0, "it is no folder");
}

int sw_atomic_files_check_output(const char *path, struct sw_error *e)
{
    struct target target;

    return path == NULL || (find_target(path, &target) == 0 && check(&target) == 0)
               ? 0
               : refuse(path, e);
}

int sw_atomic_files_check_apart(const char *path, const char *read, struct sw_error *e)
{
    struct stat one, other;

    return path != NULL && read != NULL && stat(path, &one) == 0 && stat(read, &other) == 0 &&
                   S_ISREG(one.st_mode) && one.st_dev == other.st_dev && one.st_ino == other.st_ino
               ? sw_error_set(e, path, 0, 0, "cannot be written: it is the same file as %s", read)
               : 0;
}

static void take_signal(int number)
{
    (void)number; /* the call that went too far returns EFBIG */
}

void sw_atomic_files_take_signals(void)
{
    /* A handler, since an ignored signal would stay ignored in what is started. */
    const struct sigaction action = {.sa_handler = take_signal, .sa_flags = SA_RESTART};

    sigaction(SIGXFSZ, &action, NULL);
}
