/* SPDX-License-Identifier: MIT */
#include "file_times.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "vtime.h"

#define SECOND_NS 1000000000

enum {
    FILES_MAX = 65536, /* a power of 2; three quarters of them are used */
    /* A day less some hours: after SQUEEZE times as long, in 2043, the future is reached. */
    SQUEEZED_S = 76800,
    SQUEEZE = 8192,
};

/* Of one that was changed in this run.  All times are nanoseconds since 1970. */
struct file {
    dev_t device;
    ino_t inode;
    uint32_t generation; /* the schedule that it was changed in; 0: the entry is free */
    int unseen; /* nobody has asked since we saw it written */
    int64_t changed, status_changed; /* as shown */
    int64_t accessed; /* -1: as changed */
    int64_t real; /* what the kernel said of `changed` when somebody last asked */
};

/* Not in our own memory, of which each schedule finds what the first one found: a file that an
 * earlier one has left would look as if it were new. */
struct table {
    uint32_t count;
    uint32_t generation; /* of this schedule; from 1 on */
    struct file files[FILES_MAX];
};

/* In front of what the kernel places by itself, behind pid.c's. */
#define TABLE_ADDRESS ((void *)0x10a000000000)

static struct table *table; /* NULL: nothing is known, and all files were there before */

/* In real time.  The kernel stamps files with a clock that goes by some milliseconds at a time, or
 * with the exact one if somebody has asked for the file's times before. */
static int64_t began, began_exactly;
static dev_t proc; /* of /proc, whose files have no times */

static int64_t to_ns(const struct timespec *time)
{
    return (int64_t)time->tv_sec * SECOND_NS + time->tv_nsec;
}

static struct timespec to_timespec(int64_t ns)
{
    int64_t s = ns / SECOND_NS - (ns % SECOND_NS < 0);

    return (struct timespec){s, ns - s * SECOND_NS};
}

static int64_t now(void)
{
    return (int64_t)(sw_vtime_base(CLOCK_REALTIME) + sw_engine_now());
}

static int64_t read_clock(clockid_t clock)
{
    struct timespec time;

    SW_REAL(clock_gettime)(clock, &time);
    return to_ns(&time);
}

/* ---- the beginning of a run, and of each schedule ---- */

static struct table *place(void *address, int flags)
{
    void *map = SW_REAL(mmap)(address, sizeof *table, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

    return map != MAP_FAILED ? map : NULL;
}

static void note_begin(void)
{
    struct stat status;

    began = read_clock(CLOCK_REALTIME_COARSE);
    began_exactly = read_clock(CLOCK_REALTIME);
    proc = SW_REAL(stat)("/proc", &status) == 0 ? status.st_dev : 0;
}

void sw_file_times_start(void)
{
    table = place(TABLE_ADDRESS, MAP_FIXED_NOREPLACE);
    if (table == NULL)
        table = place(NULL, 0);
    if (table != NULL)
        table->generation = 1;
    note_begin();
}

const void *sw_file_times_memory(void)
{
    return table;
}

void sw_file_times_restart(void)
{
    note_begin();
    if (table == NULL)
        return;
    /* What schedules have left must not crowd out what this one writes. */
    if (table->count > FILES_MAX / 2) {
        memset(table->files, 0, sizeof table->files);
        table->count = 0;
    }
    table->generation++;
}

/* ---- what was there before ---- */

static int64_t squeeze(int64_t ns)
{
    int64_t end = (int64_t)sw_vtime_base(CLOCK_REALTIME),
            start = end - (int64_t)SQUEEZED_S * SECOND_NS;

    if (ns <= start)
        return ns;
    int64_t squeezed = start + (ns - start) / SQUEEZE;
    return squeezed < end ? squeezed : end - 1;
}

/* ---- what was changed ---- */

/* Files that were made together have numbers that are near each other, and so lie on few pages of
 * the table. */
static uint32_t hash(const struct stat *status)
{
    return (uint32_t)status->st_ino + (uint32_t)status->st_dev * 0x9e3779b9u;
}

/* Its entry, or the free one in its place. */
static struct file *look_up(const struct stat *status)
{
    uint32_t i = hash(status) % FILES_MAX;

    while (table->files[i].generation != 0 &&
           (table->files[i].inode != status->st_ino || table->files[i].device != status->st_dev))
        i = (i + 1) % FILES_MAX;
    return &table->files[i];
}

static struct file *find(const struct stat *status)
{
    struct file *file = table != NULL ? look_up(status) : NULL;

    return file != NULL && file->generation == table->generation ? file : NULL;
}

/* NULL: there are too many, or there is no table. */
static struct file *get(const struct stat *status)
{
    struct file *file = table != NULL ? look_up(status) : NULL;

    if (file == NULL || file->generation == table->generation)
        return file;
    if (file->generation == 0 && table->count == FILES_MAX / 4 * 3)
        return NULL;
    table->count += file->generation == 0;
    *file = (struct file){.device = status->st_dev,
                          .inode = status->st_ino,
                          .generation = table->generation,
                          .accessed = -1,
                          .real = to_ns(&status->st_mtim)};
    return file;
}

void sw_file_times_written(const struct stat *status)
{
    struct file *file = get(status);

    if (file == NULL)
        return;
    file->changed = file->status_changed = now();
    file->unseen = 1;
    /* So that two changes have two times.  Not where others' changes are found, since that depends
     * on them. */
    sw_engine_tick();
}

void sw_file_times_made(const struct stat *status)
{
    struct file *file = get(status);

    /* The number may have been that of a file which is no more. */
    if (file != NULL)
        file->accessed = -1;
    sw_file_times_written(status);
}

static int64_t choose_time(const struct timespec *time, int64_t before, int64_t present)
{
    if (time->tv_nsec == UTIME_OMIT)
        return before;
    return time->tv_nsec == UTIME_NOW ? present : to_ns(time);
}

void sw_file_times_set(const struct stat *status, const struct timespec times[2])
{
    static const struct timespec both_now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    struct stat shown = *status;

    sw_file_times_show(&shown, 0);
    struct file *file = get(status);
    if (file == NULL)
        return;
    times = times != NULL ? times : both_now;
    int64_t present = now();
    file->accessed = choose_time(&times[0], to_ns(&shown.st_atim), present);
    file->changed = choose_time(&times[1], to_ns(&shown.st_mtim), present);
    file->status_changed = present;
    file->unseen = 1;
    sw_engine_tick();
}

/* ---- what the program sees ---- */

/* Changed since we last knew, and not before our eyes. */
static void see_others_changes(struct file *file, int64_t real)
{
    if (!file->unseen && real != file->real)
        file->changed = file->status_changed = now();
    file->unseen = 0;
    file->real = real;
}

/* By the time of its status, which nobody can set to another than the present.  One that an
 * earlier schedule has left may have an exact stamp, from just before this one began. */
static int is_changed(const struct stat *status)
{
    int is_left = table != NULL && look_up(status)->generation != 0;

    return to_ns(&status->st_ctim) > (is_left ? began_exactly : began);
}

/* It was changed in this run, and this is the first that we see of it. */
static struct file *meet(const struct stat *status, int is_source)
{
    int64_t changed = to_ns(&status->st_mtim);

    if (!is_changed(status))
        return NULL;
    struct file *file = get(status);
    if (file == NULL)
        return NULL;
    file->status_changed = now();
    file->changed = changed > began ? file->status_changed : is_source ? changed : squeeze(changed);
    return file;
}

static void show_old(struct stat *status, int is_source)
{
    if (!is_source) {
        status->st_mtim = to_timespec(squeeze(to_ns(&status->st_mtim)));
        status->st_ctim = to_timespec(squeeze(to_ns(&status->st_ctim)));
    }
    status->st_atim = status->st_mtim;
}

void sw_file_times_show(struct stat *status, int is_source)
{
    if (status->st_dev == proc) {
        status->st_atim = status->st_mtim = status->st_ctim =
            to_timespec((int64_t)sw_vtime_base(CLOCK_REALTIME));
        return;
    }
    struct file *file = find(status);
    if (file == NULL)
        file = meet(status, is_source);
    if (file == NULL) {
        show_old(status, is_source);
        return;
    }
    see_others_changes(file, to_ns(&status->st_mtim));
    status->st_mtim = to_timespec(file->changed);
    status->st_ctim = to_timespec(file->status_changed);
    status->st_atim = to_timespec(file->accessed >= 0 ? file->accessed : file->changed);
}
