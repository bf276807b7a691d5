/* SPDX-License-Identifier: MIT */
#include "dpor_campaign.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "campaign.h"
#include "contract/whole_file.h"
#include "dpor_store.h"
#include "harness/formats/files/atomic_files.h"

static const char first_line[] = "spillway dpor 1";
static const char last_line[] = "end";

enum { BYTES_MAX = 1 << 30 };

struct sw_dpor_campaign {
    int lock; /* a file that is locked while this process is at work */
    char path[PATH_MAX], failing[PATH_MAX];
};

/* ---- the folder ---- */

/* The kernel drops the lock when the process dies, however it dies. */
static int take_lock(struct sw_dpor_campaign *campaign, const char *folder, struct sw_error *e)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/lock", folder);
    campaign->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (campaign->lock < 0)
        return sw_error_set(e, folder, 0, 0, "%s", strerror(errno));
    return flock(campaign->lock, LOCK_EX | LOCK_NB) == 0
               ? 0
               : sw_error_set(e, folder, 0, 0, "another process is at work there");
}

/* Its limits may be others each time. */
static int begin(const struct sw_explore *explore, struct sw_error *e)
{
    struct sw_campaign_plan plan;

    if (sw_campaign_plan(explore, 0, &plan, e) < 0)
        return -1;
    plan.schedules = 0;
    return sw_campaign_begin(explore->campaign, &plan, explore->resumes, e);
}

struct sw_dpor_campaign *sw_dpor_campaign_open(const struct sw_explore *explore, struct sw_error *e)
{
    struct sw_dpor_campaign *campaign = calloc(1, sizeof *campaign);

    if (campaign == NULL) {
        sw_error_set(e, NULL, 0, 0, "out of memory");
        return NULL;
    }
    campaign->lock = -1;
    snprintf(campaign->path, sizeof campaign->path, "%s/search", explore->campaign);
    snprintf(campaign->failing, sizeof campaign->failing, "%s/failing.sched", explore->campaign);
    if (begin(explore, e) == 0 && take_lock(campaign, explore->campaign, e) == 0)
        return campaign;
    sw_dpor_campaign_close(campaign);
    return NULL;
}

void sw_dpor_campaign_close(struct sw_dpor_campaign *campaign)
{
    if (campaign != NULL && campaign->lock >= 0)
        close(campaign->lock);
    free(campaign);
}

const char *sw_dpor_campaign_failing(const struct sw_dpor_campaign *campaign)
{
    return campaign->failing;
}

/* ---- writing ---- */

static void write_lines(FILE *out, const struct sw_dpor *search,
                        const struct sw_dpor_campaign_state *state)
{
    const struct sw_dpor_explore *all = state->all;

    fprintf(out, "%s\n", first_line);
    fprintf(out, "ran %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %u %.3f\n",
            state->schedules, state->failures, state->confirmed, all->failures, all->operations,
            all->follows, state->seconds);
    if (all->beside[0] != '\0')
        fprintf(out, "beside %s\n", all->beside);
    if (all->refused[0] != '\0')
        fprintf(out, "refused %s\n", all->refused);
    for (uint32_t i = 0; i < all->uncontrolled.count; i++)
        fprintf(out, "uncontrolled %" PRIu64 " %s\n", all->uncontrolled.list[i].count,
                all->uncontrolled.list[i].what);
    for (uint32_t i = 0; i < state->result->failure_count; i++)
        fprintf(out, "failed %" PRIu64 " %" PRIu64 " %s\n", state->result->failures[i].count,
                state->result->failures[i].seed, state->result->failures[i].text);
    sw_dpor_store_write(search, out);
    fprintf(out, "%s\n", last_line);
}

int sw_dpor_campaign_write(const struct sw_dpor_campaign *campaign, const struct sw_dpor *search,
                           const struct sw_dpor_campaign_state *state, struct sw_error *e)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    write_lines(out, search, state);
    int failed = ferror(out);
    failed |= fclose(out) != 0;
    int status = failed ? sw_error_set(e, NULL, 0, 0, "out of memory")
                        : sw_atomic_files_write(campaign->path, text, size, e);
    free(text);
    return status;
}

/* ---- reading ---- */

static int read_failure(struct sw_explore_result *result, const char *line)
{
    struct sw_explore_failure failure = {.count = 0};
    int at = 0;

    if (result->failure_count == SW_EXPLORE_FAILURES_MAX ||
        sscanf(line, "%" SCNu64 " %" SCNu64 " %n", &failure.count, &failure.seed, &at) != 2)
        return -1;
    snprintf(failure.text, sizeof failure.text, "%s", line + at);
    result->failures[result->failure_count++] = failure;
    return 1;
}

static int read_uncontrolled(struct sw_uncontrolled_most *most, const char *line)
{
    struct sw_uncontrolled one = {.count = 0};
    int at = 0;

    if (most->count == SW_UNCONTROLLED_MAX || sscanf(line, "%" SCNu64 " %n", &one.count, &at) != 1)
        return -1;
    snprintf(one.what, sizeof one.what, "%s", line + at);
    most->list[most->count++] = one;
    return 1;
}

static int read_ran(struct sw_dpor_campaign_state *state, const char *line)
{
    struct sw_dpor_explore *all = state->all;

    return sscanf(line, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %u %lf",
                  &state->schedules, &state->failures, &state->confirmed, &all->failures,
                  &all->operations, &all->follows, &state->seconds) == 7
               ? 1
               : -1;
}

/* What is behind the word; NULL: it is another. */
static const char *behind(const char *line, const char *word)
{
    size_t length = strlen(word);

    return strncmp(line, word, length) == 0 && line[length] == ' ' ? line + length + 1 : NULL;
}

/* 1, or what sw_dpor_store_read_line() says. */
static int read_line(struct sw_dpor *search, struct sw_dpor_campaign_state *state, const char *line)
{
    struct sw_dpor_explore *all = state->all;
    const char *rest;

    if ((rest = behind(line, "ran")) != NULL)
        return read_ran(state, rest);
    if ((rest = behind(line, "failed")) != NULL)
        return read_failure(state->result, rest);
    if ((rest = behind(line, "uncontrolled")) != NULL)
        return read_uncontrolled(&all->uncontrolled, rest);
    if ((rest = behind(line, "beside")) != NULL)
        return snprintf(all->beside, sizeof all->beside, "%s", rest) > 0;
    if ((rest = behind(line, "refused")) != NULL)
        return snprintf(all->refused, sizeof all->refused, "%s", rest) > 0;
    return sw_dpor_store_read_line(search, line);
}

static int read_lines(const char *path, char *text, struct sw_dpor *search,
                      struct sw_dpor_campaign_state *state, struct sw_error *e)
{
    char *rest = NULL, *line = strtok_r(text, "\n", &rest);
    int number = 1, has_end = 0;

    if (line == NULL || strcmp(line, first_line) != 0)
        return sw_error_set(e, path, 1, 1, "it does not begin with '%s'", first_line);
    while ((line = strtok_r(NULL, "\n", &rest)) != NULL && !has_end) {
        number++;
        has_end = strcmp(line, last_line) == 0;
        if (!has_end && read_line(search, state, line) <= 0)
            return sw_error_set(e, path, number, 1, "'%.60s' is not understood", line);
    }
    return has_end ? 0 : sw_error_set(e, path, number, 1, "it has no end");
}

int sw_dpor_campaign_read(const struct sw_dpor_campaign *campaign, struct sw_dpor *search,
                          struct sw_dpor_campaign_state *state, struct sw_error *e)
{
    size_t size;

    if (access(campaign->path, F_OK) < 0)
        return 0;
    char *text = sw_whole_file_read(campaign->path, BYTES_MAX, &size, e);
    if (text == NULL)
        return -1;
    int status = read_lines(campaign->path, text, search, state, e);
    free(text);
    return status;
}
