/* SPDX-License-Identifier: MIT */
#include "turns.h"

#include <stdio.h>

void sw_turns_init(struct sw_turns *turns)
{
    *turns = (struct sw_turns){.is_needed = 1};
    pthread_mutex_init(&turns->turn, NULL);
    pthread_mutex_init(&turns->lock, NULL);
}

void sw_turns_destroy(struct sw_turns *turns)
{
    pthread_mutex_destroy(&turns->turn);
    pthread_mutex_destroy(&turns->lock);
}

static int is_needed(struct sw_turns *turns)
{
    pthread_mutex_lock(&turns->lock);
    int needed = turns->is_needed;
    pthread_mutex_unlock(&turns->lock);
    return needed;
}

int sw_turns_take(struct sw_turns *turns)
{
    if (turns == NULL || !is_needed(turns))
        return 0;
    pthread_mutex_lock(&turns->turn);
    if (is_needed(turns))
        return 1;
    pthread_mutex_unlock(&turns->turn); /* only the first had to be waited for */
    return 0;
}

void sw_turns_give(struct sw_turns *turns, int taken, const struct sw_control_shm *shm)
{
    if (turns == NULL)
        return;
    pthread_mutex_lock(&turns->lock);
    if (shm != NULL && shm->shared_file[0] != '\0' && turns->file[0] == '\0')
        snprintf(turns->file, sizeof turns->file, "%.*s", SW_SHARED_FILE_MAX - 1, shm->shared_file);
    if (turns->file[0] != '\0' || !turns->is_known)
        turns->is_needed = turns->file[0] != '\0';
    turns->is_known |= shm != NULL;
    pthread_mutex_unlock(&turns->lock);
    if (taken)
        pthread_mutex_unlock(&turns->turn);
}
