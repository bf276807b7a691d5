/* SPDX-License-Identifier: MIT
 *
 * spillway_main.c - the program spillway: its commands are in the files beside this one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "contract/exit.h"
#include "harness/formats/files/atomic_files.h"

/* Of one that is closed the number would go to a file of ours, which nobody else may have.  What is
 * written to standard output still fails, and is said. */
static void open_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR);
}

int main(int argc, char **argv)
{
    open_standard_files();
    sw_atomic_files_take_signals();
    int status = sw_command_main(argc, argv);

    /* A report that is cut off must not look like one that is whole. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("spillway: cannot write the report");
        return SW_EXIT_ERROR;
    }
    return status;
}
