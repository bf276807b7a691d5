/* SPDX-License-Identifier: MIT */
#include "held_output.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* What a pipe may still hold when the program has ended is less than so many reads. */
enum { READ_BYTES = 16 << 10, READS_LEFT_MAX = 128 };

/* ---- reading ---- */

static void keep(struct sw_held_output *held, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++, held->total++) {
        if (held->total < SW_HELD_BEGIN)
            held->begin[held->total] = bytes[i];
        else
            held->end[(held->total - SW_HELD_BEGIN) % SW_HELD_END] = bytes[i];
    }
}

/* 0: there is nothing more. */
static int read_some(struct sw_held_output *held)
{
    char bytes[READ_BYTES];
    ssize_t got = read(held->from, bytes, sizeof bytes);

    if (got > 0)
        keep(held, bytes, (size_t)got);
    return got > 0;
}

static void *read_all(void *data)
{
    struct sw_held_output *held = data;
    struct pollfd both[2] = {{.fd = held->from, .events = POLLIN},
                             {.fd = held->stop, .events = POLLIN}};
    int goes_on = 1;

    while (goes_on && both[1].revents == 0) {
        if (poll(both, 2, -1) > 0 && both[0].revents != 0)
            goes_on = read_some(held);
    }
    /* Who is left of it may hold the pipe, and go on. */
    for (int i = 0; goes_on && i < READS_LEFT_MAX && poll(both, 1, 0) > 0; i++)
        goes_on = read_some(held);
    return NULL;
}

static int open_all(struct sw_held_output *held)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    held->from = ends[0];
    held->fd = ends[1];
    held->stop = eventfd(0, EFD_CLOEXEC);
    return held->stop < 0 ? -1 : 0;
}

static void close_all(struct sw_held_output *held)
{
    if (held->fd > 0) {
        close(held->fd);
        close(held->from);
    }
    if (held->stop > 0)
        close(held->stop);
    held->stop = -1;
}

void sw_held_output_start(struct sw_held_output *held)
{
    held->fd = 0;
    held->stop = -1;
    held->total = 0;
    if (open_all(held) == 0 && pthread_create(&held->thread, NULL, read_all, held) == 0)
        return;
    close_all(held);
    held->fd = 0;
}

void sw_held_output_stop(struct sw_held_output *held)
{
    const uint64_t one = 1;

    if (held->fd == 0)
        return;
    while (write(held->stop, &one, sizeof one) < 0)
        continue;
    pthread_join(held->thread, NULL);
    close_all(held);
}

/* ---- telling ---- */

/* How many bytes of the end there are, in two parts: it goes round. */
static size_t parts_of_end(const struct sw_held_output *held, const char *part[2], size_t size[2])
{
    uint64_t behind = held->total > SW_HELD_BEGIN ? held->total - SW_HELD_BEGIN : 0;
    size_t all = behind < SW_HELD_END ? (size_t)behind : SW_HELD_END;
    size_t first = behind > SW_HELD_END ? (size_t)(behind % SW_HELD_END) : 0;

    part[0] = held->end + first;
    part[1] = held->end;
    size[0] = all - first;
    size[1] = first;
    return all;
}

void sw_held_output_print(const struct sw_held_output *held, FILE *out)
{
    const char *part[2];
    size_t size[2], end = parts_of_end(held, part, size);
    size_t begin = held->total < SW_HELD_BEGIN ? (size_t)held->total : SW_HELD_BEGIN;

    if (held->fd == 0)
        return;
    fwrite(held->begin, 1, begin, out);
    if (held->total > begin + end)
        fprintf(out, "\nspillway: %llu bytes of the test's output are left out here\n",
                (unsigned long long)(held->total - begin - end));
    fwrite(part[0], 1, size[0], out);
    fwrite(part[1], 1, size[1], out);
}

char *sw_held_output_end(const struct sw_held_output *held)
{
    const char *part[2];
    size_t size[2], end = parts_of_end(held, part, size);
    size_t begin = held->total < SW_HELD_BEGIN ? (size_t)held->total : SW_HELD_BEGIN;
    /* As much as fits of what is in front of it. */
    size_t before = begin + end == held->total && end < SW_HELD_END ? begin : 0;
    char *text = held->fd > 0 ? malloc(before + end + 1) : NULL;

    if (text == NULL)
        return NULL;
    memcpy(text, held->begin, before);
    memcpy(text + before, part[0], size[0]);
    memcpy(text + before + size[0], part[1], size[1]);
    text[before + end] = '\0';
    return text;
}
