/* SPDX-License-Identifier: MIT
 *
 * spillway_main.c - the program spillway: its commands are in the files beside this one.
 */
#include <stdio.h>

#include "command.h"
#include "contract/exit.h"

int main(int argc, char **argv)
{
    int status = sw_command_main(argc, argv);

    /* A report that is cut off must not look like one that is whole. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("spillway: cannot write the report");
        return SW_EXIT_ERROR;
    }
    return status;
}
