/* SPDX-License-Identifier: MIT */
#include "sched.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* A descriptor, and how many bytes there are; or -1.  Nonblocking, so that a FIFO is refused
 * rather than waited for. */
static int open_file(const char *path, uint64_t *size, struct sw_error *e)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &status) < 0) {
        sw_error_set(e, path, 0, 0, "%s", strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        sw_error_set(e, path, 0, 0, "not a file");
    } else {
        *size = (uint64_t)status.st_size;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

/* As many bytes as there are, at most size; -1 with *e. */
static ssize_t read_bytes(int fd, char *bytes, size_t size, const char *path, struct sw_error *e)
{
    size_t used = 0;

    while (used < size) {
        ssize_t count = read(fd, bytes + used, size - used);
        if (count < 0 && errno != EINTR)
            return sw_error_set(e, path, 0, 0, "%s", strerror(errno));
        if (count == 0)
            break; /* it became shorter */
        used += count > 0 ? (size_t)count : 0;
    }
    return (ssize_t)used;
}

/* The whole file, allocated. */
static char *read_file(const char *path, size_t *size, struct sw_error *e)
{
    uint64_t expected;
    char *bytes = NULL;
    int fd = open_file(path, &expected, e);

    if (fd < 0)
        return NULL;
    if (expected > SW_SCHED_BYTES_MAX)
        sw_error_set(e, path, 0, 0, "%llu bytes; more than %u are refused",
                     (unsigned long long)expected, SW_SCHED_BYTES_MAX);
    else if ((bytes = malloc(expected + 1)) == NULL)
        sw_error_set(e, path, 0, 0, "out of memory");
    ssize_t count = bytes != NULL ? read_bytes(fd, bytes, expected, path, e) : -1;
    close(fd);
    if (count < 0) {
        free(bytes);
        return NULL;
    }
    *size = (size_t)count;
    return bytes;
}

int sw_sched_load(const char *path, struct sw_sched **out, struct sw_error *e)
{
    size_t size;
    char *bytes = read_file(path, &size, e);

    *out = NULL;
    if (bytes == NULL)
        return -1;
    int failed = sw_sched_read(path, bytes, size, out, e);
    free(bytes);
    return failed;
}

int sw_sched_hash_file(const char *path, char hash[33], struct sw_error *e)
{
    enum { PIECE = 1 << 18 };
    uint64_t size;
    ssize_t count = -1;
    int fd = open_file(path, &size, e);

    if (fd < 0)
        return -1;
    char *piece = malloc(PIECE);
    XXH3_state_t *state = XXH3_createState();
    if (piece == NULL || state == NULL)
        sw_error_set(e, path, 0, 0, "out of memory");
    else
        for (XXH3_128bits_reset(state); (count = read_bytes(fd, piece, PIECE, path, e)) > 0;)
            XXH3_128bits_update(state, piece, (size_t)count);
    if (count == 0) {
        XXH128_hash_t h = XXH3_128bits_digest(state);
        snprintf(hash, 33, "%016llx%016llx", (unsigned long long)h.high64,
                 (unsigned long long)h.low64);
    }
    XXH3_freeState(state);
    free(piece);
    close(fd);
    return count < 0 ? -1 : 0;
}

void sw_sched_free(struct sw_sched *sched)
{
    if (sched == NULL)
        return;
    for (int i = 0; sched->args != NULL && i < sched->arg_count; i++)
        free(sched->args[i]);
    free(sched->args);
    sw_settings_free(&sched->setting);
    free(sched->writer);
    free(sched->program);
    free(sched->input);
    free(sched->interp);
    free(sched->folder);
    free(sched->found);
    free(sched->outcome);
    free(sched->deviations);
    free(sched->pool);
    free(sched);
}
