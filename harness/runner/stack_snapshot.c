/* SPDX-License-Identifier: MIT */
#include "stack_snapshot.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "contract/futex.h"
#include "stack_symbols.h"

enum { ENDED = 2 }; /* halted: nobody will stand still any more */

struct onlooker {
    struct sw_process *run;
    struct sw_stack_snapshot_seen *seen;
};

/* ---- from outside ---- */

static char *print_c(struct sw_stack_symbols_process *process, int why_not, pid_t tid)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    if (tid == 0)
        fputs("no thread\n", out);
    else if (process == NULL)
        fprintf(out, "no C stack: the process cannot be traced%s%s\n", why_not > 0 ? ": " : "",
                why_not > 0 ? strerror(why_not) : "");
    else
        sw_stack_symbols_print_thread(out, process, tid, "");
    fclose(out);
    return text;
}

static void *look(void *argument)
{
    struct onlooker *onlooker = argument;
    struct sw_control_shm *shm = onlooker->run->shm;

    /* The process stands still before the decision that is wanted, or ends without it. */
    if (sw_futex_wait_while(syscall, &shm->halted, 0, 0) == ENDED)
        return NULL;
    onlooker->seen->halted = 1;
    struct sw_stack_symbols_process *process = sw_stack_symbols_attach(onlooker->run->pid);
    /* Where ptrace is not allowed (a container, Yama) the Python stacks are all there is. */
    int why_not = errno;
    for (int i = 0; i < SW_SHOWN_THREADS; i++)
        onlooker->seen->c[i] = print_c(process, why_not, shm->halted_tids[i]);
    if (process != NULL)
        sw_stack_symbols_detach(process);
    /* In any case, or the process would stand there until the watchdog comes. */
    sw_futex_set(syscall, &shm->resumed, 1, 0);
    return NULL;
}

/* ---- from inside ---- */

/* Of a memfd that the child wrote to: its position is the child's, so that we read from the
 * start. */
static char *read_all(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = calloc(1, (size_t)(size > 0 ? size : 0) + 1);

    if (text != NULL && size > 0 && pread(fd, text, (size_t)size, 0) < 0)
        *text = '\0';
    return text;
}

/* The lines below "T1", as far as they are indented, without that. */
static char *cut_stack(const char *text, uint32_t thread)
{
    char heading[32], *stack = calloc(1, strlen(text) + 1), *to = stack;
    int length = snprintf(heading, sizeof heading, "T%u\n", thread);

    while (text != NULL && strncmp(text, heading, (size_t)length) != 0)
        text = (text = strchr(text, '\n')) != NULL ? text + 1 : NULL;
    for (text = text != NULL ? text + length : ""; stack != NULL && strncmp(text, "  ", 2) == 0;) {
        size_t size = strcspn(text, "\n") + 1;
        memcpy(to, text + 2, size - 2);
        to += size - 2;
        text += text[size - 1] == '\n' ? size : size - 1;
    }
    return stack;
}

static void take_python(const struct sw_control_shm *shm, int fd,
                        struct sw_stack_snapshot_seen *seen)
{
    char *text = read_all(fd);

    for (int i = 0; text != NULL && i < SW_SHOWN_THREADS; i++)
        seen->python[i] = cut_stack(text, shm->shown_threads[i]);
    free(text);
}

/* ---- the run ---- */

static int run_looked_at(struct onlooker *onlooker, const struct sw_process_order *order,
                         struct sw_error *e)
{
    struct sw_control_shm *shm = onlooker->run->shm;
    pthread_t thread;

    if (pthread_create(&thread, NULL, look, onlooker) != 0)
        return sw_error_set(e, NULL, 0, 0, "cannot start a thread");
    int status = sw_process_run(onlooker->run, order, e);
    uint32_t still = 0;
    __atomic_compare_exchange_n(&shm->halted, &still, ENDED, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    sw_futex_wake(syscall, &shm->halted, 0);
    pthread_join(thread, NULL);
    return status;
}

int sw_stack_snapshot_run(struct sw_process *run, const struct sw_process_order *order,
                          struct sw_stack_snapshot_seen *seen, struct sw_error *e)
{
    struct onlooker onlooker = {run, seen};
    struct sw_process_order silent = *order;
    int fd = memfd_create("spillway-stderr", MFD_CLOEXEC);

    *seen = (struct sw_stack_snapshot_seen){0};
    if (fd < 0)
        return sw_error_set(e, NULL, 0, 0, "no memory for what is printed: %s", strerror(errno));
    silent.silent = 1;
    silent.errors = fd;
    int status = run_looked_at(&onlooker, &silent, e);
    if (status == 0)
        take_python(run->shm, fd, seen);
    close(fd);
    return status;
}

void sw_stack_snapshot_free(struct sw_stack_snapshot_seen *seen)
{
    for (int i = 0; i < SW_SHOWN_THREADS; i++) {
        free(seen->python[i]);
        free(seen->c[i]);
    }
    *seen = (struct sw_stack_snapshot_seen){0};
}
