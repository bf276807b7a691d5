/* SPDX-License-Identifier: MIT */
#include "doctor_ask.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/runner/launch.h"

/* A version takes milliseconds: a watchdog, and no measure. */
enum { ASK_MS = 10000 };

static int wait_for(pid_t pid)
{
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
    int status;

    if (end.fd >= 0 && poll(&end, 1, ASK_MS) == 0)
        kill(pid, SIGKILL);
    if (end.fd >= 0)
        close(end.fd);
    return waitpid(pid, &status, 0) == pid ? status : -1;
}

int sw_doctor_ask_line(const char *const *argv, char *line, size_t size)
{
    struct sw_error e;
    ssize_t length = 0;
    int fd = memfd_create("spillway-doctor", MFD_CLOEXEC), status = -1;

    *line = '\0';
    if (fd < 0)
        return 0;
    pid_t pid = sw_launch_start(&(struct sw_launch){.argv = (char *const *)argv,
                                                    .input = SW_LAUNCH_NULL,
                                                    .output = fd,
                                                    .errors = SW_LAUNCH_NULL},
                                &e);
    if (pid > 0)
        status = wait_for(pid);
    if (status == 0)
        length = pread(fd, line, size - 1, 0);
    close(fd);
    line[length > 0 ? length : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return status == 0;
}
