/* SPDX-License-Identifier: MIT
 *
 * start.c - taking control, before the program's first instruction, if this is the process meant.
 *
 * A debugger, valgrind's launcher or a shell on the way to the interpreter have
 * this library loaded too; they, and whatever the program starts, are left alone.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "engine.h"
#include "real.h"

/* Away from everything that the kernel places by itself. */
#define BOARD_ADDRESS ((void *)0x100000000000)

static struct sw_board *map_board(int fd)
{
    void *map = mmap(BOARD_ADDRESS, sizeof(struct sw_board), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);

    if (map == MAP_FAILED)
        map = mmap(NULL, sizeof(struct sw_board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return map == MAP_FAILED ? NULL : map;
}

static int is_ours(const char *path, size_t length)
{
    static const char name[] = "/libspillway.so";

    return length >= sizeof name - 1 &&
           memcmp(path + length - (sizeof name - 1), name, sizeof name - 1) == 0;
}

/* What the program starts is not to have this library; valgrind's own may stay. */
static void forget_preload(void)
{
    const char *at = getenv("LD_PRELOAD");
    char rest[4096] = "";
    size_t used = 0;

    unsetenv(SW_BOARD_ENV);
    while (at != NULL && *at != '\0') {
        size_t length = strcspn(at, ": ");
        if (length > 0 && !is_ours(at, length) && used + length + 2 < sizeof rest) {
            if (used > 0)
                rest[used++] = ':';
            memcpy(rest + used, at, length);
            used += length;
            rest[used] = '\0';
        }
        at += length + (at[length] != '\0');
    }
    if (used > 0)
        setenv("LD_PRELOAD", rest, 1);
    else
        unsetenv("LD_PRELOAD");
}

/* By way of the link's text: valgrind shows its client that, and not a file. */
static int runs_what_is_meant(const struct sw_board *board)
{
    char path[4096];
    struct stat status;
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

    if (length <= 0)
        return 0;
    path[length] = '\0';
    return stat(path, &status) == 0 && status.st_dev == board->interp_device &&
           status.st_ino == board->interp_inode;
}

static void __attribute__((constructor)) start(void)
{
    const char *fd_text = getenv(SW_BOARD_ENV);

    sw_real_resolve();
    if (fd_text == NULL)
        return;
    int fd = atoi(fd_text);
    struct sw_board *board = map_board(fd);
    if (board == NULL)
        return;
    if (board->magic != SW_BOARD_MAGIC || board->version != SW_BOARD_VERSION || board->started ||
        !runs_what_is_meant(board)) {
        munmap(board, sizeof *board);
        return;
    }
    close(fd);
    forget_preload();
    sw_engine_start(board);
}
