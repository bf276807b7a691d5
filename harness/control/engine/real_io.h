/* SPDX-License-Identifier: MIT
 *
 * real_io.h - the part of real.h's list that is about descriptors, processes and chance.
 */
#ifndef SW_REAL_IO_H
#define SW_REAL_IO_H

#include <dirent.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pty.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SW_REALS_IO(X) \
    X(read) X(readv) X(write) X(writev) X(sendfile) X(sendfile64) X(splice) \
    X(recv) X(recvfrom) X(recvmsg) X(recvmmsg) X(send) X(sendto) X(sendmsg) X(sendmmsg) \
    X(socket) X(socketpair) X(bind) X(listen) X(accept) X(accept4) X(connect) X(shutdown) \
    X(getsockname) X(getpeername) X(getsockopt) X(setsockopt) \
    X(poll) X(ppoll) X(select) X(pselect) \
    X(epoll_create) X(epoll_create1) X(epoll_ctl) X(epoll_wait) X(epoll_pwait) X(epoll_pwait2) \
    X(pipe) X(pipe2) X(eventfd) X(timerfd_create) X(timerfd_settime) X(timerfd_gettime) \
    X(dup) X(dup2) X(dup3) X(fcntl) X(fcntl64) X(close) X(close_range) X(closefrom) X(fclose) \
    X(isatty) X(fstat) X(lseek) X(tcgetattr) X(ioctl) \
    X(flock) X(lockf) X(lockf64) \
    X(fork) X(forkpty) X(posix_spawn) X(posix_spawnp) X(system) X(popen) X(pclose) \
    X(execv) X(execve) X(execvp) X(execvpe) X(fexecve) \
    X(wait) X(wait3) X(wait4) X(waitpid) X(waitid) \
    X(getrandom) X(getentropy) X(arc4random) X(arc4random_buf) X(arc4random_uniform) \
    X(times) X(getrusage) X(getloadavg) X(sysinfo) X(timespec_get) \
    X(alarm) X(setitimer) X(getitimer) X(timer_create) \
    X(kill) X(pthread_kill) X(sigaction) X(pause) X(sigsuspend) X(signalfd) X(sigwait) \
    X(sigwaitinfo) X(sigtimedwait) \
    X(fread) X(fgets) X(getc) X(fgetc) X(__uflow) X(open) X(open64) X(openat) X(openat64) \
    X(readdir) X(readdir64) X(getaddrinfo) X(gethostbyname) X(gethostbyname_r) \
    X(gethostbyaddr) X(gethostbyaddr_r) X(getnameinfo) \
    X(getpid) X(getppid) X(getpgid) X(getpgrp) X(setpgid) X(getsid) X(setsid) X(tcgetpgrp) \
    X(tcsetpgrp) X(tcgetsid) X(sigqueue) X(getpriority) X(setpriority) X(sched_getscheduler) \
    X(sched_setscheduler) X(sched_getparam) X(sched_setparam) X(sched_rr_get_interval) \
    X(prlimit) X(prlimit64) X(clock_getcpuclockid) X(process_vm_readv) X(process_vm_writev) \
    X(readlink) X(readlinkat) X(access) X(faccessat) X(opendir) X(fopen) X(chdir) X(stat) \
    X(lstat) X(fstatat) X(statx) X(statvfs) X(fstatvfs) X(sysconf) X(utimensat) X(futimens) \
    X(mkdir) X(mkdirat) X(rmdir) X(unlink) X(unlinkat) X(remove) X(rename) X(renameat) \
    X(renameat2) X(link) X(linkat) X(symlink) X(symlinkat) X(mknod) X(mknodat) X(pwrite) \
    X(pwritev) X(pwritev2) X(ftruncate) X(truncate) X(fallocate) X(posix_fallocate) \
    X(copy_file_range) X(fflush)

#endif
