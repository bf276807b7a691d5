/* SPDX-License-Identifier: MIT */
#include "sched.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

/* The whole file, allocated. */
static int read_file(const char *path, size_t max, char **bytes, size_t *size, struct sw_error *e)
{
    struct stat status;
    FILE *in = fopen(path, "rb");

    if (in == NULL || fstat(fileno(in), &status) < 0) {
        sw_error_set(e, path, 0, 0, "%s", strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        sw_error_set(e, path, 0, 0, "not a file");
    } else if ((size_t)status.st_size > max) {
        sw_error_set(e, path, 0, 0, "%llu bytes; more than %llu are refused",
                     (unsigned long long)status.st_size, (unsigned long long)max);
    } else if ((*bytes = malloc((size_t)status.st_size + 1)) == NULL) {
        sw_error_set(e, path, 0, 0, "out of memory");
    } else {
        *size = fread(*bytes, 1, (size_t)status.st_size, in);
        fclose(in);
        return 0;
    }
    if (in != NULL)
        fclose(in);
    return -1;
}

int sw_sched_load(const char *path, struct sw_sched **out, struct sw_error *e)
{
    char *bytes;
    size_t size;

    *out = NULL;
    if (read_file(path, SW_SCHED_BYTES_MAX, &bytes, &size, e) < 0)
        return -1;
    int failed = sw_sched_parse(path, bytes, size, out, e);
    free(bytes);
    return failed;
}

int sw_sched_hash_file(const char *path, char hash[33], struct sw_error *e)
{
    char *bytes;
    size_t size;

    if (read_file(path, (size_t)1 << 30, &bytes, &size, e) < 0)
        return -1;
    XXH128_hash_t h = XXH3_128bits(bytes, size);
    free(bytes);
    snprintf(hash, 33, "%016llx%016llx", (unsigned long long)h.high64, (unsigned long long)h.low64);
    return 0;
}

void sw_sched_free(struct sw_sched *sched)
{
    if (sched == NULL)
        return;
    for (int i = 0; sched->args != NULL && i < sched->arg_count; i++)
        free(sched->args[i]);
    free(sched->args);
    sw_setting_free(&sched->setting);
    free(sched->writer);
    free(sched->program);
    free(sched->input);
    free(sched->interp);
    free(sched->found);
    free(sched->outcome);
    free(sched->deviations);
    free(sched->pool);
    free(sched);
}
