/* SPDX-License-Identifier: MIT */
#include "sched.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "contract/whole_file.h"

enum { FIRST_WITH_A_HASH = 4 }; /* the version; see sched.h */

int sw_sched_is_same_run(const struct sw_sched *sched, uint64_t decision_count, uint64_t hash)
{
    int has_hash = sched->format == 0 || sched->format >= FIRST_WITH_A_HASH;

    return decision_count == sched->decision_count && (!has_hash || hash == sched->hash);
}

int sw_sched_load(const char *path, struct sw_sched **out, struct sw_error *e)
{
    size_t size;
    char *bytes = sw_whole_file_read(path, SW_SCHED_BYTES_MAX, &size, e);

    *out = NULL;
    if (bytes == NULL)
        return -1;
    int failed = sw_sched_read(path, bytes, size, out, e);
    free(bytes);
    return failed;
}

/* An interpreter has some 10 MB: piece by piece it needs no memory to speak of.  Most modules are in
 * 64 KiB, which come from the heap; more would be mapped anew for each file. */
enum { PIECE = 1 << 16 };

static int hash_pieces(int fd, const char *path, char *piece, XXH3_state_t *state,
                       struct sw_error *e)
{
    ssize_t count;

    XXH3_128bits_reset(state);
    do {
        count = sw_whole_file_next(fd, piece, PIECE, path, e);
        if (count > 0)
            XXH3_128bits_update(state, piece, (size_t)count);
    } while (count == PIECE); /* less is the end */
    return count < 0 ? -1 : 0;
}

int sw_sched_hash_file(const char *path, char hash[33], struct sw_error *e)
{
    int fd = sw_whole_file_open(path, e);

    if (fd < 0)
        return -1;
    char *piece = malloc(PIECE);
    XXH3_state_t *state = XXH3_createState();
    int failed = piece == NULL || state == NULL ? sw_error_set(e, path, 0, 0, "out of memory")
                                                : hash_pieces(fd, path, piece, state, e);
    if (failed == 0) {
        XXH128_hash_t h = XXH3_128bits_digest(state);
        snprintf(hash, 33, "%016llx%016llx", (unsigned long long)h.high64,
                 (unsigned long long)h.low64);
    }
    XXH3_freeState(state);
    free(piece);
    close(fd);
    return failed;
}

/* Also of a schedule that was read half way: what is not there is NULL. */
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
    free(sched->program_version);
    free(sched->input);
    free(sched->folder);
    free(sched->interp);
    free(sched->interp_version);
    free(sched->interp_missing);
    free(sched->found);
    free(sched->outcome);
    for (uint32_t i = 0; sched->reads != NULL && i < sched->read_count; i++) {
        free(sched->reads[i].path);
        free(sched->reads[i].names);
    }
    free(sched->reads);
    free(sched->deviations);
    free(sched->pool);
    free(sched);
}
