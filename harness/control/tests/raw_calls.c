/* SPDX-License-Identifier: MIT
 *
 * raw_calls.c - calls that nothing else uses, each as a program does.
 *
 * It prints what each answered: check_as_real holds that against the same program without control.
 * It writes in the folder that it is called in, and takes away again what it wrote.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

/* What it answered; and errno, if that is where the error stands. */
#define ANSWER(call) (errno = 0, answer(#call, (long)(call)))

static void answer(const char *call, long result)
{
    if (result == -1)
        printf("%s: -1, %s\n", call, strerrorname_np(errno));
    else
        printf("%s: %ld\n", call, result);
}

/* ---- files ---- */

static void answer_large_files(void)
{
    int fd = open64("a", O_RDWR | O_CREAT | O_TRUNC, 0600), other = creat64("b", 0600);
    struct iovec parts[2] = {{.iov_base = "abc", .iov_len = 3}, {.iov_base = "de", .iov_len = 2}};
    struct stat64 status;
    struct statvfs64 whole64;
    struct statvfs whole;
    struct rlimit64 limit;
    off64_t at = 0;

    ANSWER(fd >= 0 && other >= 0);
    ANSWER(close(openat64(AT_FDCWD, "a", O_RDONLY)));
    ANSWER(pwrite64(fd, "xyz", 3, 10));
    ANSWER(pwritev(fd, parts, 2, 0));
    ANSWER(pwritev64(fd, parts, 2, 20));
    ANSWER(pwritev2(fd, parts, 2, 30, 0));
    ANSWER(lseek64(fd, 0, SEEK_END));
    ANSWER(ftruncate64(fd, 64));
    ANSWER(truncate64("a", 60));
    ANSWER(fallocate64(fd, 0, 0, 70));
    ANSWER(posix_fallocate64(fd, 0, 80));
    ANSWER(sendfile64(other, fd, &at, 8) + 10 * at);
    ANSWER(lockf64(fd, F_TLOCK, 1));
    ANSWER(fcntl64(fd, F_GETFL) & O_ACCMODE);
    ANSWER(stat64("a", &status) + status.st_size);
    ANSWER(lstat64("a", &status) + status.st_size);
    ANSWER(fstat64(fd, &status) + status.st_size);
    ANSWER(fstatat64(AT_FDCWD, "b", &status, 0) + status.st_size);
    ANSWER(statvfs("a", &whole));
    ANSWER(fstatvfs(fd, &whole));
    ANSWER(statvfs64("a", &whole64));
    ANSWER(fstatvfs64(fd, &whole64));
    ANSWER(prlimit64(0, RLIMIT_CORE, NULL, &limit));
    char *text = mmap64(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    ANSWER(text[1]);
    munmap(text, 4096);
    close(fd);
    close(other);
}

static void answer_streams(void)
{
    FILE *file = fopen64("b", "r");

    ANSWER(fgetc(file));
    ANSWER(getc(file));
    setvbuf(file, NULL, _IONBF, 0); /* so that the next one has to read: __uflow() */
    ANSWER(getc_unlocked(file));
    fclose(file);
}

static long count_entries(void)
{
    DIR *folder = opendir("folder"), *again = opendir("folder");
    long count = 0;

    while (readdir(folder) != NULL)
        count++;
    while (readdir64(again) != NULL)
        count += 100;
    closedir(folder);
    closedir(again);
    return count;
}

static void answer_names(void)
{
    struct timeval times[2] = {{5, 0}, {6, 0}};
    struct utimbuf both = {7, 8};
    struct stat status;
    int fd = open("a", O_RDONLY);

    ANSWER(mkdir("folder", 0700));
    ANSWER(linkat(AT_FDCWD, "a", AT_FDCWD, "folder/link", 0));
    ANSWER(symlinkat("link", AT_FDCWD, "folder/symlink"));
    ANSWER(renameat(AT_FDCWD, "folder/link", AT_FDCWD, "folder/renamed"));
    ANSWER(mkfifoat(AT_FDCWD, "folder/fifo", 0600));
    ANSWER(mknod("folder/node", S_IFREG | 0600, 0));
    ANSWER(mknodat(AT_FDCWD, "folder/other", S_IFREG | 0600, 0));
    ANSWER(count_entries());
    ANSWER(lutimes("folder/symlink", times));
    ANSWER(futimes(fd, times));
    ANSWER(stat("a", &status) + status.st_mtime);
    ANSWER(utime("a", &both));
    ANSWER(stat("a", &status) + status.st_mtime);
    ANSWER(futimesat(AT_FDCWD, "a", times));
    ANSWER(stat("a", &status) + status.st_mtime);
    ANSWER(ioctl(fd, FIONREAD, &(int){0}));
    ANSWER(tcgetattr(fd, &(struct termios){0}));
    ANSWER(tcgetsid(fd));
    ANSWER(tcsetpgrp(fd, 1));
    close(fd);
    ANSWER(system("rm -r folder a b"));
}

/* ---- what is called by programs that were built with checks, or long ago ---- */

ssize_t __read_chk(int fd, void *buf, size_t size, size_t room);
ssize_t __recv_chk(int fd, void *buf, size_t size, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *buf, size_t size, size_t room, int flags,
                       struct sockaddr *from, socklen_t *length);
ssize_t __readlink_chk(const char *path, char *text, size_t size, size_t room);
ssize_t __readlinkat_chk(int from, const char *path, char *text, size_t size, size_t room);
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t room);
int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                const sigset_t *mask, size_t room);

static void answer_checked(void)
{
    struct timespec none = {0, 0};
    struct pollfd one;
    char text[64];
    int pair[2];

    ANSWER(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    one = (struct pollfd){.fd = pair[1], .events = POLLIN};
    ANSWER(__poll_chk(&one, 1, 0, sizeof one));
    ANSWER(write(pair[0], "abcdef", 6));
    ANSWER(__ppoll_chk(&one, 1, &none, NULL, sizeof one));
    ANSWER(__read_chk(pair[1], text, 2, sizeof text));
    ANSWER(__recv_chk(pair[1], text, 2, sizeof text, 0));
    ANSWER(__recvfrom_chk(pair[1], text, 2, sizeof text, 0, NULL, NULL));
    close(pair[0]);
    close(pair[1]);
    ANSWER(symlink("folder/of/a/link", "c"));
    ANSWER(__readlink_chk("c", text, sizeof text, sizeof text));
    ANSWER(__readlinkat_chk(AT_FDCWD, "c", text, sizeof text, sizeof text));
    ANSWER(unlink("c"));
}

/* They have no name that can be linked to any more. */
static void answer_old(void)
{
    static const char *const by_path[] = {"__xstat", "__xstat64", "__lxstat", "__lxstat64"};
    static const char *const by_fd[] = {"__fxstat", "__fxstat64"};
    static const char *const by_both[] = {"__fxstatat", "__fxstatat64"};
    int fd = open("/", O_RDONLY);
    struct stat status;

    for (int i = 0; i < 4; i++) {
        int (*call)(int, const char *, struct stat *) = dlsym(RTLD_DEFAULT, by_path[i]);
        ANSWER(call(1, "/", &status) + S_ISDIR(status.st_mode));
        ANSWER(call(1, "/no/such", &status));
    }
    for (int i = 0; i < 2; i++) {
        int (*call)(int, int, struct stat *) = dlsym(RTLD_DEFAULT, by_fd[i]);
        ANSWER(call(1, fd, &status) + S_ISDIR(status.st_mode));
    }
    for (int i = 0; i < 2; i++) {
        int (*call)(int, int, const char *, struct stat *, int) = dlsym(RTLD_DEFAULT, by_both[i]);
        ANSWER(call(1, AT_FDCWD, "/", &status, 0) + S_ISDIR(status.st_mode));
    }
    close(fd);
}

/* ---- what there is of the machine, and of chance ---- */

static void answer_machine(void)
{
    struct sysinfo info;
    struct timeval now;
    struct timespec interval;
    struct tms used;
    double loads[3];
    cpu_set_t set;
    char bytes[16];

    ANSWER(alarm(100));
    ANSWER(alarm(0));
    ANSWER(clock() >= 0);
    ANSWER(times(&used) > 0);
    ANSWER(gettimeofday(&now, NULL));
    ANSWER(getppid() > 0);
    ANSWER(getpgrp() == getpgid(0));
    ANSWER(sysconf(_SC_AVPHYS_PAGES) > 0);
    ANSWER(get_avphys_pages() > 0);
    ANSWER(getloadavg(loads, 3));
    ANSWER(sysinfo(&info));
    ANSWER(arc4random_uniform(1));
    ANSWER(arc4random() != arc4random());
    arc4random_buf(bytes, sizeof bytes);
    ANSWER(sched_getaffinity(0, sizeof set, &set));
    ANSWER(sched_setaffinity(0, sizeof set, &set));
    ANSWER(pthread_getaffinity_np(pthread_self(), sizeof set, &set));
    ANSWER(pthread_setaffinity_np(pthread_self(), sizeof set, &set));
    ANSWER(sched_setparam(0, &(struct sched_param){0}));
    ANSWER(sched_rr_get_interval(0, &interval));
    ANSWER(setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0)));
    void *library = dlopen("libm.so.6", RTLD_NOW);
    ANSWER(library != NULL);
    ANSWER(dlclose(library));
    closefrom(500);
}

/* ---- the net ---- */

static void answer_messages(void)
{
    struct iovec out = {.iov_base = "ab", .iov_len = 2},
                 in = {.iov_base = &(char[2]){0}, .iov_len = 2};
    struct mmsghdr sent = {.msg_hdr = {.msg_iov = &out, .msg_iovlen = 1}};
    struct mmsghdr got = {.msg_hdr = {.msg_iov = &in, .msg_iovlen = 1}};
    int pair[2];

    ANSWER(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    ANSWER(sendmmsg(pair[0], &sent, 1, 0) + 10 * sent.msg_len);
    ANSWER(recvmmsg(pair[1], &got, 1, 0, NULL) + 10 * got.msg_len);
    close(pair[0]);
    close(pair[1]);
}

/* Of numbers only: no server is asked. */
static void answer_lookups(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *list;
    struct hostent entry, *found;
    char text[1024];
    int wrong;

    ANSWER(getaddrinfo("127.0.0.1", "80", &hints, &list));
    freeaddrinfo(list);
    ANSWER(getnameinfo((struct sockaddr *)&address, sizeof address, text, sizeof text, NULL, 0,
                       NI_NUMERICHOST));
    ANSWER(gethostbyname("127.0.0.1")->h_length);
    ANSWER(gethostbyname_r("127.0.0.1", &entry, text, sizeof text, &found, &wrong));
    ANSWER(gethostbyaddr(&address, 1, AF_INET) == NULL);
    ANSWER(gethostbyaddr_r(&address, 1, AF_INET, &entry, text, sizeof text, &found, &wrong) != 0 ||
           found == NULL);
}

/* ---- processes ---- */

static long status_of(pid_t pid)
{
    int status = -1;

    return wait3(&status, 0, NULL) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -status;
}

static void answer_children(void)
{
    char *const arguments[] = {"sh", "-c", "exit $CODE", NULL};
    char *const environment[] = {"CODE=5", NULL};
    char mine[4] = "abc", copy[4] = "";
    struct iovec from = {mine, 4}, to = {copy, 4};
    FILE *pipe;
    int master;
    pid_t pid;

    fflush(stdout);
    if ((pid = vfork()) == 0)
        _exit(3);
    ANSWER(status_of(pid));
    if ((pid = _Fork()) == 0)
        _Exit(2);
    ANSWER(status_of(pid));
    if ((pid = fork()) == 0) {
        execvpe("sh", arguments, environment);
        _exit(99);
    }
    ANSWER(status_of(pid));
    if ((pid = forkpty(&master, NULL, NULL, NULL)) == 0)
        _exit(isatty(0) ? 4 : 5);
    ANSWER(status_of(pid));
    close(master);
    pipe = popen("exit 6", "r");
    ANSWER(WEXITSTATUS(pclose(pipe)));
    ANSWER(process_vm_readv(getpid(), &to, 1, &from, 1, 0));
    ANSWER(process_vm_writev(getpid(), &from, 1, &to, 1, 0));
    ANSWER(strcmp(copy, mine));
}

static void answer_signals(void)
{
    siginfo_t info;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR2);
    ANSWER(sigwaitinfo(&set, &info) == SIGUSR2);
}

/* ---- threads ---- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond;
static cnd_t c11;
static sem_t ended;
static int stage;

static void *wait_twice(void *argument)
{
    pthread_mutex_lock(&mutex);
    while (stage == 0)
        pthread_cond_wait(&cond, &mutex);
    stage = 2;
    pthread_mutex_unlock(&mutex);
    return argument;
}

static int wait_once(void *argument)
{
    (void)argument;
    pthread_mutex_lock(&mutex);
    while (stage == 2)
        cnd_wait(&c11, (mtx_t *)&mutex);
    pthread_mutex_unlock(&mutex);
    return sem_post(&ended);
}

static void answer_threads(void)
{
    pthread_barrier_t barrier;
    pthread_key_t key;
    pthread_t waiter;
    thrd_t detached;

    sem_init(&ended, 0, 0);
    ANSWER(pthread_cond_init(&cond, NULL));
    ANSWER(cnd_init(&c11));
    ANSWER(pthread_key_create(&key, NULL));
    ANSWER(pthread_key_delete(key));
    ANSWER(pthread_barrier_init(&barrier, NULL, 1));
    ANSWER(pthread_barrier_wait(&barrier));
    ANSWER(pthread_barrier_destroy(&barrier));
    ANSWER(pthread_create(&waiter, NULL, wait_twice, NULL));
    pthread_mutex_lock(&mutex);
    stage = 1;
    ANSWER(pthread_cond_signal(&cond));
    pthread_mutex_unlock(&mutex);
    ANSWER(pthread_join(waiter, NULL));
    ANSWER(thrd_create(&detached, wait_once, NULL));
    ANSWER(thrd_detach(detached));
    pthread_mutex_lock(&mutex);
    stage = 3;
    ANSWER(cnd_signal(&c11));
    pthread_mutex_unlock(&mutex);
    ANSWER(sem_wait(&ended));
}

extern void *__dso_handle;
int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *library);

static void set_stage(void *value)
{
    stage = *(int *)value;
}

static void *leave_with_an_object(void *value)
{
    return (void *)(intptr_t)__cxa_thread_atexit_impl(set_stage, value, &__dso_handle);
}

static void answer_objects(void)
{
    pthread_t thread;
    int value = 77;

    ANSWER(pthread_create(&thread, NULL, leave_with_an_object, &value));
    ANSWER(pthread_join(thread, NULL));
    ANSWER(stage);
}

/* A thread that cancels itself, at its next cancellation point. */
static void *cancel_oneself(void *argument)
{
    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL);
    pthread_cancel(pthread_self());
    pthread_testcancel();
    return argument;
}

static void answer_cancelling(void)
{
    pthread_t thread;
    void *result = NULL;

    ANSWER(pthread_create(&thread, NULL, cancel_oneself, NULL));
    ANSWER(pthread_join(thread, &result));
    ANSWER(result == PTHREAD_CANCELED);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    answer_large_files();
    answer_streams();
    answer_checked();
    answer_old();
    answer_names();
    answer_machine();
    answer_messages();
    answer_lookups();
    answer_children();
    answer_signals();
    answer_threads();
    answer_objects();
    answer_cancelling();
    return 0;
}
