/* SPDX-License-Identifier: MIT */
#include "pipes.h"

#include <errno.h>
#include <stddef.h>

#include "fds.h"
#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/real.h"
#include "settle.h"

enum { PIPES_MAX = 2048 }; /* at once; of one too many nobody knows who has its other end */

struct end {
    struct sw_fd_about about; /* first */
    int open; /* here, by any of its descriptors */
};

struct pipe {
    struct end reads, writes;
};

static struct pipe pipes[PIPES_MAX];

static void close_end(struct sw_fd_about *about)
{
    ((struct end *)about)->open = 0;
}

static struct pipe *find_free(void)
{
    for (int i = 0; i < PIPES_MAX; i++)
        if (!pipes[i].reads.open && !pipes[i].writes.open)
            return &pipes[i];
    return NULL;
}

static int add(int failed, const int fds[2])
{
    if (failed != 0 || !sw_fds_kept())
        return failed;
    struct pipe *pipe = find_free();
    if (pipe != NULL)
        pipe->reads = pipe->writes = (struct end){.about.end = close_end, .open = 1};
    sw_fds_add(fds[0], SW_FD_LOCAL, pipe != NULL ? &pipe->reads.about : NULL);
    sw_fds_add(fds[1], SW_FD_LOCAL, pipe != NULL ? &pipe->writes.about : NULL);
    sw_settle_forget(fds[0]);
    return 0;
}

SW_EXPORT int pipe(int fds[2])
{
    sw_checkpoint_before_outside("its first pipe");
    return add(SW_REAL(pipe)(fds), fds);
}

SW_EXPORT int pipe2(int fds[2], int flags)
{
    sw_checkpoint_before_outside("its first pipe");
    return add(SW_REAL(pipe2)(fds, flags), fds);
}

int sw_pipes_is_childs(int fd)
{
    const struct sw_fd_about *about = sw_fds_about(fd, SW_FD_LOCAL);

    if (about == NULL || about->end != close_end || !sw_fds_is_outside(fd))
        return 0;
    size_t i = (size_t)((const char *)about - (const char *)pipes) / sizeof *pipes;
    return about == &pipes[i].reads.about && !pipes[i].writes.open;
}
