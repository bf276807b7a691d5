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

#include "alarm.h"
#include "engine.h"
#include "outside.h"
#include "real.h"
#include "standard.h"
#include "start.h"

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

/* Nothing of what the way here has put into it is left: not this library, which
 * is no business of what the program starts, nor what valgrind or gdb add. */
static void set_environment(struct sw_board *board)
{
    enum { VARIABLES_MAX = 1024 };
    static char *variables[VARIABLES_MAX + 1];
    char *at = board->environment;
    int count = 0;

    for (; *at != '\0' && count < VARIABLES_MAX; at += strlen(at) + 1)
        variables[count++] = at;
    environ = variables;
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

static struct sw_board *find_board(int *fd)
{
    const char *fd_text = getenv(SW_BOARD_ENV);

    if (fd_text == NULL)
        return NULL;
    *fd = atoi(fd_text);
    struct sw_board *board = map_board(*fd);
    if (board != NULL &&
        (board->magic != SW_BOARD_MAGIC || board->version != SW_BOARD_VERSION || board->started)) {
        munmap(board, sizeof *board);
        board = NULL;
    }
    return board;
}

static void take_control(struct sw_board *board, int fd)
{
    close(fd);
    set_environment(board);
    sw_standard_start();
    sw_alarm_start();
    sw_engine_start(board);
    sw_outside_note_threads();
}

/* An executable is meant by its inode; by none: one that claims the board. */
static void __attribute__((constructor)) start(void)
{
    int fd;

    sw_real_resolve();
    struct sw_board *board = find_board(&fd);
    if (board == NULL)
        return;
    if (board->interp_inode != 0 && runs_what_is_meant(board))
        take_control(board, fd);
    else
        munmap(board, sizeof *board);
}

void sw_start_claim(void)
{
    int fd;
    struct sw_board *board = find_board(&fd);

    if (board == NULL)
        return;
    if (board->interp_inode == 0)
        take_control(board, fd);
    else
        munmap(board, sizeof *board);
}
