/* SPDX-License-Identifier: MIT
 *
 * raw_choices.c - plays a program without an interpreter that leaves something to choose.
 *
 *      raw_choices FILE        two threads choose "dice" of 6 each, then the first "coin" of 2;
 *                              fails if the dice show 4 and 2 and the coin 1
 *      raw_choices FILE NAME N chooses NAME of N, with an errno that must stay; prints what
 *
 * FILE is what spillway takes for the program.
 */
#include "harness/control/spillway.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned dice[2];

static void *roll(void *number)
{
    dice[(long)number] = spillway_choice("dice", 6);
    return NULL;
}

static int roll_all(void)
{
    pthread_t threads[2];

    for (long i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, roll, (void *)i);
    for (long i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    unsigned coin = spillway_choice("coin", 2);
    printf("%u %u %u\n", dice[0], dice[1], coin);
    return dice[0] == 4 && dice[1] == 2 && coin == 1;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return roll_all();
    errno = 77;
    unsigned choice = spillway_choice(argv[2], (unsigned)strtoul(argv[3], NULL, 10));
    printf("%u, errno %d\n", choice, errno);
    return 0;
}
