/* SPDX-License-Identifier: MIT */
#include "stack_text.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "harness/control/engine/real.h"
#include "python_stacks.h"

static char *take(int (*tell)(int fd), char *buf, size_t size)
{
    int fd = (int)SW_REAL(syscall)(SYS_memfd_create, "spillway-stacks", 1 /* MFD_CLOEXEC */);
    ssize_t got = 0;

    *buf = '\0';
    if (fd < 0)
        return buf;
    if (tell(fd) == 0 && SW_REAL(lseek)(fd, 0, SEEK_SET) == 0)
        got = SW_REAL(read)(fd, buf, size - 1);
    buf[got > 0 ? got : 0] = '\0';
    SW_REAL(close)(fd);
    return buf;
}

char *sw_stack_text_take(char *buf, size_t size)
{
    return take(sw_python_stacks_dump, buf, size);
}

char *sw_stack_text_ask(char *buf, size_t size)
{
    sw_stack_text_take(buf, size);
    return *buf != '\0' ? buf : take(sw_python_stacks_question, buf, size);
}

/* The line that begins a thread's stack: "Thread 0x00007f...", "Current thread 0x...". */
static int is_heading_of(const char *line, pthread_t handle)
{
    static const char *const words[] = {"Thread 0x", "Current thread 0x"};
    unsigned long number;

    for (int i = 0; i < 2; i++)
        if (strncmp(line, words[i], strlen(words[i])) == 0 &&
            sscanf(line + strlen(words[i]), "%lx", &number) == 1)
            return number == (unsigned long)handle;
    return 0;
}

static const char *next_line(const char *line)
{
    const char *newline = strchr(line, '\n');

    return newline != NULL ? newline + 1 : line + strlen(line);
}

char *sw_stack_text_cut(const char *text, pthread_t handle, char *buf, size_t size)
{
    const char *line = text, *end;

    *buf = '\0';
    while (*line != '\0' && !is_heading_of(line, handle))
        line = next_line(line);
    if (*line == '\0')
        return buf;
    for (end = line = next_line(line); strncmp(end, "  ", 2) == 0;)
        end = next_line(end);
    snprintf(buf, size, "%.*s", (int)(end - line), line);
    return buf;
}
