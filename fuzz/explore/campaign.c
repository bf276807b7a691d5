/* SPDX-License-Identifier: MIT */
#include "campaign.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/formats/files/atomic_files.h"
#include "harness/formats/files/json_fields.h"

enum { FORMAT = 1 };

/* ---- the plan ---- */

static int describe_setting(const struct sw_explore *explore, char *buf, size_t size,
                            struct sw_error *e)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (out == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    sw_sched_write_setting(out, &explore->setting);
    fclose(out);
    for (char *c = text; *c != '\0'; c++)
        *c = (char)(*c == '\n' ? ';' : *c);
    int fits = snprintf(buf, size, "%s", text) < (int)size;
    free(text);
    return fits ? 0 : sw_error_set(e, NULL, 0, 0, "the setting is too long for a campaign");
}

static int describe_arguments(char **args, char *buf, size_t size, struct sw_error *e)
{
    size_t used = 0;

    *buf = '\0';
    for (; args != NULL && *args != NULL; args++) {
        int length = snprintf(buf + used, size - used, "%s%s", used > 0 ? " " : "", *args);
        used += (size_t)length;
        if (used >= size)
            return sw_error_set(e, NULL, 0, 0, "the arguments are too long for a campaign");
    }
    return 0;
}

int sw_campaign_plan(const struct sw_explore *explore, uint64_t profile,
                     struct sw_campaign_plan *plan, struct sw_error *e)
{
    const struct sw_trial_order *trial = &explore->search.trial;
    char file[PATH_MAX];

    *plan = (struct sw_campaign_plan){
        .seed = trial->schedule.seed,
        .schedules = explore->count_given || explore->time_s == 0 ? trial->schedules : 0,
        .learning = explore->search.learns ? SW_SEARCH_LEARNING : 0,
        .shards = explore->shards};
    snprintf(file, sizeof file, "%s", trial->file);
    snprintf(plan->program, sizeof plan->program, "%s%s%s", basename(file),
             trial->test != NULL ? "::" : "", trial->test != NULL ? trial->test : "");
    snprintf(plan->strategy, sizeof plan->strategy, "%s", explore->strategy);
    if (profile != 0)
        snprintf(plan->profile, sizeof plan->profile, "%016llx", (unsigned long long)profile);
    return sw_sched_hash_file(trial->file, plan->program_hash, e) < 0 ||
                   sw_sched_hash_file(trial->interp, plan->interp_hash, e) < 0 ||
                   describe_setting(explore, plan->setting, sizeof plan->setting, e) < 0
               ? -1
               : describe_arguments(trial->args, plan->arguments, sizeof plan->arguments, e);
}

uint64_t sw_campaign_shard_size(const struct sw_campaign_plan *plan, uint32_t shard)
{
    if (plan->schedules == 0)
        return UINT64_MAX;
    uint64_t rest = plan->schedules > plan->learning ? plan->schedules - plan->learning : 0;
    return rest / plan->shards + (shard <= rest % plan->shards);
}

uint64_t sw_campaign_first_seed(const struct sw_campaign_plan *plan, uint32_t shard)
{
    return plan->seed + plan->learning + shard - 1;
}

char *sw_campaign_path(const char *folder, const struct sw_campaign_plan *plan, uint32_t shard,
                       const char *behind, char *buf, size_t size)
{
    snprintf(buf, size, "%s/shards/%u-of-%u%s", folder, shard, plan->shards, behind);
    return buf;
}

/* ---- as JSON ---- */

/* X(MEMBER, NAME, WHAT): texts, and then numbers. */
#define TEXTS(X) \
    X(program, "program", "of the program") \
    X(program_hash, "program_xxh128", "of another version of the program,") \
    X(interp_hash, "interpreter_xxh128", "of the interpreter") \
    X(arguments, "arguments", "with the arguments") \
    X(strategy, "strategy", "with the strategy") \
    X(setting, "setting", "with the setting") \
    X(profile, "profile", "where another profile was learned,")
#define NUMBERS(X) \
    X(seed, "seed", "from seed") \
    X(schedules, "schedules", "with this number of schedules:") \
    X(learning, "learning", "with this number of schedules to learn:") \
    X(shards, "shards", "with this number of shards:")

static char *format_plan(const struct sw_campaign_plan *plan)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "campaign", json_object_new_int(FORMAT));
#define ADD_TEXT(member, name, what) sw_json_fields_add_text(object, name, plan->member);
    TEXTS(ADD_TEXT)
#define ADD_NUMBER(member, name, what) sw_json_fields_add_number(object, name, plan->member);
    NUMBERS(ADD_NUMBER)
    char *text = strdup(sw_json_fields_format(object));
    json_object_put(object);
    return text;
}

static int read_plan(const char *folder, struct sw_campaign_plan *plan, struct sw_error *e)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/campaign.json", folder);
    json_object *object = json_object_from_file(path);
    *plan = (struct sw_campaign_plan){0};
    if (object == NULL || !json_object_is_type(object, json_type_object) ||
        json_object_get_int(json_object_object_get(object, "campaign")) != FORMAT) {
        json_object_put(object);
        return sw_error_set(e, folder, 0, 0,
                            access(path, F_OK) < 0 ? "it holds no campaign"
                                                   : "its campaign.json cannot be read");
    }
#define GET_TEXT(member, name, what) \
    sw_json_fields_get_text(object, name, plan->member, sizeof plan->member);
    TEXTS(GET_TEXT)
#define GET_NUMBER(member, name, what) plan->member = sw_json_fields_get_number(object, name);
    NUMBERS(GET_NUMBER)
    json_object_put(object);
    return plan->shards >= 1 && plan->shards <= SW_CAMPAIGN_SHARDS_MAX
               ? 0
               : sw_error_set(e, folder, 0, 0, "its campaign.json cannot be read");
}

/* theirs is the folder's, ours what was asked for. */
static int compare(const char *folder, const struct sw_campaign_plan *theirs,
                   const struct sw_campaign_plan *ours, struct sw_error *e)
{
#define COMPARE_TEXT(member, name, what) \
    if (strcmp(theirs->member, ours->member) != 0) \
        return sw_error_set(e, folder, 0, 0, "it holds a campaign " what " '%s', not '%s'", \
                            theirs->member, ours->member);
    TEXTS(COMPARE_TEXT)
#define COMPARE_NUMBER(member, name, what) \
    if (theirs->member != ours->member) \
        return sw_error_set(e, folder, 0, 0, "it holds a campaign " what " %llu, not %llu", \
                            (unsigned long long)theirs->member, (unsigned long long)ours->member);
    NUMBERS(COMPARE_NUMBER)
    return 0;
}

int sw_campaign_begin(const char *folder, const struct sw_campaign_plan *plan, int resume,
                      struct sw_error *e)
{
    struct sw_campaign_plan theirs;
    char path[PATH_MAX], *text = format_plan(plan);
    int status = text != NULL ? sw_atomic_files_make_folder(folder, e)
                              : sw_error_set(e, NULL, 0, 0, "out of memory");

    if (status == 0) {
        snprintf(path, sizeof path, "%s/campaign.json", folder);
        status = sw_atomic_files_write_new(path, text, strlen(text), e);
    }
    free(text);
    if (status <= 0)
        return status;
    if (read_plan(folder, &theirs, e) < 0 || compare(folder, &theirs, plan, e) < 0)
        return -1;
    return resume ? 0
                  : sw_error_set(e, folder, 0, 0,
                                 "it holds this campaign already: --resume goes on with it");
}

/* ---- reading ---- */

static int read_shard(const char *const *folders, int count, uint32_t shard,
                      struct sw_campaign_summary *summary, uint64_t *in_order, struct sw_error *e)
{
    struct sw_ranges done = {0};
    char path[PATH_MAX];
    int status = 0, is_begun = 0;

    for (int i = 0; i < count && status == 0; i++) {
        sw_campaign_path(folders[i], &summary->plan, shard, "/ledger", path, sizeof path);
        if (access(path, F_OK) < 0)
            continue;
        is_begun = 1;
        status = sw_work_log_read(path, &done, &summary->totals, e);
    }
    uint64_t ran = sw_ranges_count(&done);
    summary->schedules += ran;
    summary->is_done[shard] = ran == sw_campaign_shard_size(&summary->plan, shard);
    summary->shards_done += summary->is_done[shard];
    uint32_t *first = is_begun ? &summary->begun : &summary->missing;
    if (ran == 0 && *first == 0 && sw_campaign_shard_size(&summary->plan, shard) > 0)
        *first = shard;
    *in_order = sw_ranges_gap(&done).first;
    sw_ranges_free(&done);
    return status;
}

/* The learning seeds count as run: a process runs them before it makes the folder. */
static int read_shards(const char *const *folders, int count, struct sw_campaign_summary *summary,
                       struct sw_error *e)
{
    const struct sw_campaign_plan *plan = &summary->plan;
    uint64_t in_order, least = UINT64_MAX;

    for (uint32_t shard = 1; shard <= plan->shards; shard++) {
        if (read_shard(folders, count, shard, summary, &in_order, e) < 0)
            return -1;
        /* Position p of shard i is number p * shards + i - 1 behind the learning seeds; the lowest
         * number over all shards that has not been run ends what is in order. */
        uint64_t size = sw_campaign_shard_size(plan, shard);
        uint64_t first = in_order < size ? in_order * plan->shards + shard - 1 : UINT64_MAX;
        least = first < least ? first : least;
    }
    summary->schedules += plan->learning;
    summary->in_order = least == UINT64_MAX ? summary->schedules : plan->learning + least;
    summary->ms = summary->totals.ms;
    summary->alive = summary->totals.alive;
    return 0;
}

static int add_sketches(const char *folder, const struct sw_campaign_plan *plan,
                        struct sw_hyperloglog *sketch, struct sw_error *e)
{
    char path[PATH_MAX];

    for (uint32_t shard = 1; shard <= plan->shards; shard++)
        for (int number = 1;; number++) {
            char behind[32];
            snprintf(behind, sizeof behind, "/%d.sketch", number);
            sw_campaign_path(folder, plan, shard, behind, path, sizeof path);
            if (access(path, F_OK) < 0)
                break;
            if (sw_hyperloglog_read(sketch, path, e) < 0)
                return -1;
        }
    return 0;
}

static int add_causes(const char *folder, struct sw_campaign_summary *summary, struct sw_error *e)
{
    struct sw_failure_cause *more = calloc(SW_CAUSES_MAX, sizeof *more);
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/failures", folder);
    int count = more != NULL ? sw_failure_dedup_read_all(path, more, SW_CAUSES_MAX, e) : 0;
    for (int i = 0; i < count; i++) {
        int known = 0;
        for (int k = 0; k < summary->cause_count; k++)
            known |= strcmp(summary->causes[k].key, more[i].key) == 0;
        if (known || summary->cause_count == SW_CAUSES_MAX)
            continue;
        summary->folders[summary->cause_count] = folder;
        summary->causes[summary->cause_count++] = more[i];
    }
    free(more);
    return count < 0 ? -1 : 0;
}

/* There it is one search, and explore itself says what is known of it. */
static int refuse_dpor(const char *folder, const struct sw_campaign_plan *plan, struct sw_error *e)
{
    return strcmp(plan->strategy, "dpor") == 0
               ? sw_error_set(e, folder, 0, 0,
                              "it holds one search by dpor: explore --resume goes on with it")
               : 0;
}

int sw_campaign_read(const char *const *folders, int count, struct sw_campaign_summary *summary,
                     struct sw_error *e)
{
    struct sw_hyperloglog sketch = {0};
    struct sw_campaign_plan plan;

    *summary = (struct sw_campaign_summary){0};
    for (int i = 0; i < count; i++) {
        if (read_plan(folders[i], i == 0 ? &summary->plan : &plan, e) < 0 ||
            refuse_dpor(folders[i], &summary->plan, e) < 0 ||
            (i > 0 && compare(folders[i], &plan, &summary->plan, e) < 0))
            return -1;
        if (add_sketches(folders[i], &summary->plan, &sketch, e) < 0 ||
            add_causes(folders[i], summary, e) < 0)
            return -1;
    }
    summary->distinct = sw_hyperloglog_estimate(&sketch);
    return read_shards(folders, count, summary, e);
}

int sw_campaign_is_whole(const struct sw_campaign_summary *summary)
{
    return summary->plan.schedules > 0 && summary->shards_done == summary->plan.shards;
}
