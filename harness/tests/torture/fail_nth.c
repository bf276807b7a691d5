/* SPDX-License-Identifier: MIT
 *
 * fail_nth.c - preloaded into the runner by `torture`: counts its calls by name, and lets one fail.
 *
 *      SW_TORTURE_COUNTS=FILE   of a struct counted for each name: counted there, by this process and
 *                               those that it forks, until they call exec
 *      SW_TORTURE=NAME:N        the N-th call of NAME fails, as the table says
 *      SW_TORTURE=NAME:N+       and each one after it
 *
 * What the C library calls inside of itself is not seen, but for malloc and its like.  So it is one
 * row for fopen() and one for open().  What libdw, libelf and libjson-c call is not counted:
 * dwarf_getscopes() of 0.188 crashes where realloc() fails, and json-c 0.16 where strdup() does.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* X(result, name, (parameters), (arguments), what it returns if it fails, errno) */
#define CALLS(X) \
    X(ssize_t, read, (int fd, void *to, size_t size), (fd, to, size), -1, EIO) \
    X(ssize_t, write, (int fd, const void *from, size_t size), (fd, from, size), -1, ENOSPC) \
    X(ssize_t, pread, (int fd, void *to, size_t size, off_t at), (fd, to, size, at), -1, EIO) \
    X(ssize_t, pwrite, (int fd, const void *from, size_t size, off_t at), (fd, from, size, at), \
      -1, ENOSPC) \
    X(pid_t, fork, (void), (), -1, EAGAIN) \
    X(int, pipe2, (int fds[2], int flags), (fds, flags), -1, EMFILE) \
    X(int, dup, (int fd), (fd), -1, EMFILE) \
    X(int, dup2, (int from, int to), (from, to), -1, EBUSY) \
    X(int, fsync, (int fd), (fd), -1, EIO) \
    X(int, ftruncate, (int fd, off_t size), (fd, size), -1, ENOSPC) \
    X(int, rename, (const char *from, const char *to), (from, to), -1, EACCES) \
    X(int, link, (const char *from, const char *to), (from, to), -1, EPERM) \
    X(int, unlink, (const char *path), (path), -1, EACCES) \
    X(int, mkdir, (const char *path, mode_t mode), (path, mode), -1, EACCES) \
    X(char *, mkdtemp, (char *path), (path), NULL, EACCES) \
    X(int, chdir, (const char *path), (path), -1, EACCES) \
    X(int, flock, (int fd, int how), (fd, how), -1, ENOLCK) \
    X(int, fstat, (int fd, struct stat *to), (fd, to), -1, EIO) \
    X(int, stat, (const char *path, struct stat *to), (path, to), -1, EACCES) \
    X(int, lstat, (const char *path, struct stat *to), (path, to), -1, EACCES) \
    X(int, fchmod, (int fd, mode_t mode), (fd, mode), -1, EPERM) \
    X(int, access, (const char *path, int how), (path, how), -1, EACCES) \
    X(int, memfd_create, (const char *name, unsigned flags), (name, flags), -1, EMFILE) \
    X(int, eventfd, (unsigned value, int flags), (value, flags), -1, EMFILE) \
    X(int, signalfd, (int fd, const sigset_t *set, int flags), (fd, set, flags), -1, EMFILE) \
    X(int, socket, (int domain, int type, int protocol), (domain, type, protocol), -1, EMFILE) \
    X(int, poll, (struct pollfd * list, nfds_t count, int ms), (list, count, ms), -1, ENOMEM) \
    X(int, setpgid, (pid_t pid, pid_t group), (pid, group), -1, EPERM) \
    X(int, personality, (unsigned long what), (what), -1, EINVAL) \
    X(int, setrlimit, (__rlimit_resource_t what, const struct rlimit *to), (what, to), -1, EPERM) \
    X(int, sigaction, (int signal, const struct sigaction *new, struct sigaction *old), \
      (signal, new, old), -1, EINVAL) \
    X(pid_t, wait4, (pid_t pid, int *status, int flags, struct rusage *usage), \
      (pid, status, flags, usage), -1, EINTR) \
    X(int, execvp, (const char *file, char *const argv[]), (file, argv), -1, ENOEXEC) \
    X(void *, mmap, (void *at, size_t size, int how, int flags, int fd, off_t from), \
      (at, size, how, flags, fd, from), MAP_FAILED, ENOMEM) \
    X(DIR *, opendir, (const char *path), (path), NULL, EMFILE) \
    X(struct dirent *, readdir, (DIR * folder), (folder), NULL, EIO) \
    X(FILE *, fopen, (const char *path, const char *mode), (path, mode), NULL, EMFILE) \
    X(FILE *, fdopen, (int fd, const char *mode), (fd, mode), NULL, ENOMEM) \
    X(FILE *, open_memstream, (char **text, size_t *size), (text, size), NULL, ENOMEM) \
    X(int, fflush, (FILE * file), (file), EOF, ENOSPC) \
    X(char *, getcwd, (char *to, size_t size), (to, size), NULL, ENOENT) \
    X(char *, realpath, (const char *path, char *to), (path, to), NULL, EACCES) \
    X(char *, __realpath_chk, (const char *path, char *to, size_t size), (path, to, size), NULL, \
      EACCES) \
    X(ssize_t, readlink, (const char *path, char *to, size_t size), (path, to, size), -1, EACCES) \
    X(int, pthread_create, \
      (pthread_t * thread, const pthread_attr_t *how, void *(*run)(void *), void *data), \
      (thread, how, run, data), EAGAIN, 0)

/* Those that take more to write down; each has a function of its own below. */
#define OTHERS(X) \
    X(malloc) \
    X(calloc) \
    X(realloc) X(strdup) X(strndup) X(waitpid) X(open) X(fcntl) X(prctl) X(close) X(fclose)

enum call {
#define X(result, name, ...) CALL_##name,
    CALLS(X)
#undef X
#define X(name) CALL_##name,
        OTHERS(X)
#undef X
            CALL_COUNT
};

static const char *const names[CALL_COUNT] = {
#define X(result, name, ...) #name,
    CALLS(X)
#undef X
#define X(name) #name,
        OTHERS(X)
#undef X
};

static struct counted {
    char name[24];
    uint64_t count;
} none[CALL_COUNT], *counted = none;
static int chosen = -1, persists;
static uint64_t number;

/* ---- whose calls are not counted ---- */

static struct range {
    uintptr_t begin, end;
} foreign[8];
static unsigned foreign_count;

static int add_foreign(struct dl_phdr_info *object, size_t size, void *nothing)
{
    (void)size, (void)nothing;
    if (strstr(object->dlpi_name, "/libdw") == NULL &&
        strstr(object->dlpi_name, "/libelf") == NULL &&
        strstr(object->dlpi_name, "/libjson-c") == NULL)
        return 0;
    for (int i = 0; i < object->dlpi_phnum && foreign_count < 8; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t begin = object->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_LOAD && part->p_flags & PF_X)
            foreign[foreign_count++] = (struct range){begin, begin + part->p_memsz};
    }
    return 0;
}

static int is_foreign(const void *caller)
{
    for (unsigned i = 0; i < foreign_count; i++)
        if ((uintptr_t)caller >= foreign[i].begin && (uintptr_t)caller < foreign[i].end)
            return 1;
    return 0;
}

/* ---- counting ---- */

__attribute__((constructor)) static void start(void)
{
    const char *file = getenv("SW_TORTURE_COUNTS"), *what = getenv("SW_TORTURE");
    int fd = file == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0);

    if (fd >= 0) {
        void *map =
            (void *)syscall(SYS_mmap, NULL, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        syscall(SYS_close, fd);
        if (map != MAP_FAILED)
            counted = map;
    }
    dl_iterate_phdr(add_foreign, NULL);
    for (int i = 0; i < CALL_COUNT; i++)
        strncpy(counted[i].name, names[i], sizeof counted[i].name - 1);
    if (what == NULL)
        return;
    size_t length = strcspn(what, ":");
    for (int i = 0; i < CALL_COUNT; i++)
        if (strlen(names[i]) == length && strncmp(names[i], what, length) == 0)
            chosen = i;
    char *end;
    number = strtoull(what + length + 1, &end, 10);
    persists = *end == '+';
}

/* For "break fail_nth_here" in gdb. */
__attribute__((noinline)) int fail_nth_here(void);
int fail_nth_here(void)
{
    __asm__("");
    return 1;
}

#define fails(call) fails_for(call, __builtin_return_address(0))
static int fails_for(enum call call, const void *caller)
{
    if (is_foreign(caller))
        return 0;
    uint64_t n = __atomic_add_fetch(&counted[call].count, 1, __ATOMIC_RELAXED);

    return (int)call == chosen && (persists ? n >= number : n == number) && fail_nth_here();
}

static void *real(enum call call)
{
    static void *found[CALL_COUNT];

    if (found[call] == NULL)
        found[call] = dlsym(RTLD_NEXT, names[call]);
    return found[call];
}

/* What fortified callers call; no header has them. */
char *__realpath_chk(const char *path, char *to, size_t size);
int __open_2(const char *path, int flags);
int __poll_chk(struct pollfd *list, nfds_t count, int ms, size_t size);

#define X(result, name, parameters, arguments, failure, code) \
    result name parameters \
    { \
        if (fails(CALL_##name)) { \
            if (code != 0) \
                errno = code; \
            return failure; \
        } \
        return ((result(*) parameters)real(CALL_##name))arguments; \
    }
CALLS(X)
#undef X

/* ---- malloc and its like: dlsym() needs them ---- */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t size)
{
    return fails(CALL_malloc) ? no_memory() : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(CALL_calloc) ? no_memory() : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails(CALL_realloc) ? no_memory() : __libc_realloc(block, size);
}

static char *copy(const char *text, size_t length)
{
    char *result = __libc_malloc(length + 1);

    if (result == NULL)
        return NULL;
    memcpy(result, text, length);
    result[length] = '\0';
    return result;
}

char *strdup(const char *text)
{
    return fails(CALL_strdup) ? no_memory() : copy(text, strlen(text));
}

char *strndup(const char *text, size_t most)
{
    return fails(CALL_strndup) ? no_memory() : copy(text, strnlen(text, most));
}

/* ---- those with one argument more or less, and those that end something even if they fail ---- */

int open(const char *path, int flags, ...)
{
    va_list more;

    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (!fails(CALL_open))
        return ((int (*)(const char *, int, ...))real(CALL_open))(path, flags, mode);
    errno = EMFILE;
    return -1;
}

int __open_2(const char *path, int flags)
{
    return open(path, flags);
}

int __poll_chk(struct pollfd *list, nfds_t count, int ms, size_t size)
{
    (void)size;
    return poll(list, count, ms);
}

/* Without waiting nothing can interrupt it. */
pid_t waitpid(pid_t pid, int *status, int flags)
{
    if ((flags & WNOHANG) != 0 || !fails(CALL_waitpid))
        return ((pid_t(*)(pid_t, int *, int))real(CALL_waitpid))(pid, status, flags);
    errno = EINTR;
    return -1;
}

int fcntl(int fd, int what, ...)
{
    va_list more;

    va_start(more, what);
    void *argument = va_arg(more, void *);
    va_end(more);
    if (!fails(CALL_fcntl))
        return ((int (*)(int, int, ...))real(CALL_fcntl))(fd, what, argument);
    errno = EINVAL;
    return -1;
}

int prctl(int what, ...)
{
    unsigned long argument[4];
    va_list more;

    va_start(more, what);
    for (int i = 0; i < 4; i++)
        argument[i] = va_arg(more, unsigned long);
    va_end(more);
    if (!fails(CALL_prctl))
        return ((int (*)(int, ...))real(CALL_prctl))(what, argument[0], argument[1], argument[2],
                                                     argument[3]);
    errno = EPERM;
    return -1;
}

int close(int fd)
{
    int failed = fails(CALL_close), result = ((int (*)(int))real(CALL_close))(fd);

    if (!failed)
        return result;
    errno = EIO;
    return -1;
}

int fclose(FILE *file)
{
    int failed = fails(CALL_fclose), result = ((int (*)(FILE *))real(CALL_fclose))(file);

    if (!failed)
        return result;
    errno = ENOSPC;
    return EOF;
}
