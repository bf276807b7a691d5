/* SPDX-License-Identifier: MIT */
#include "explained.h"

#include <stdlib.h>
#include <string.h>

#include "explanation_beside.h"
#include "explanation_chance.h"

/* How many random schedules are tried where the default one fails, too. */
enum { SEEDS_TRIED = 8 };

/* One that passes: the default schedule, or the first random one.  1 and its name in buf; else 0. */
static int find_passing(struct sw_timeline *timeline, const struct sw_sched *sched, char *buf,
                        size_t size)
{
    struct sw_error e;

    for (uint64_t seed = 0; seed <= SEEDS_TRIED; seed++) {
        int failed = seed == 0 ? sw_timeline_fill_defaults(timeline, sched, &e)
                               : sw_timeline_fill_random(timeline, sched, seed, &e);
        if (failed == 0 && !sw_run_end_is_failure(&timeline->end)) {
            snprintf(buf, size, seed == 0 ? "the default schedule" : "a random schedule, seed %llu",
                     (unsigned long long)seed);
            return 1;
        }
        sw_timeline_free(timeline);
    }
    return 0;
}

static void tell_beside(FILE *out, const struct sw_explanation *explanation,
                        const struct sw_timeline *failing, const struct sw_sched *sched)
{
    struct sw_timeline passing;
    char name[64];

    if (explanation->row_count == 0)
        return;
    if (!find_passing(&passing, sched, name, sizeof name)) {
        fprintf(out, "beside it: nothing; the default schedule and %d random ones fail, too\n",
                SEEDS_TRIED);
        return;
    }
    sw_explanation_beside_print(out, explanation, failing, &passing, name);
    sw_timeline_free(&passing);
}

static void tell(struct sw_explained *explained, const struct sw_sched *sched,
                 const struct sw_timeline *timeline, enum sw_explanation_how how)
{
    struct sw_explanation explanation;
    size_t size = 0;
    FILE *out = open_memstream(&explained->text, &size);

    sw_explanation_make(&explanation, timeline);
    sw_explanation_chance_find(&explanation, timeline, sched);
    snprintf(explained->kind, sizeof explained->kind, "%s", sw_explanation_name(explanation.kind));
    snprintf(explained->object, sizeof explained->object, "%s", explanation.object);
    snprintf(explained->sentence, sizeof explained->sentence, "%s", explanation.sentence);
    sw_explanation_pair(&explanation, timeline, explained->pair, sizeof explained->pair);
    if (out == NULL)
        return;
    sw_explanation_print(out, &explanation, timeline, how);
    if (how == SW_EXPLANATION_FULL)
        tell_beside(out, &explanation, timeline, sched);
    fclose(out);
}

void sw_explained_make(struct sw_explained *explained, const struct sw_sched *sched,
                       enum sw_explanation_how how)
{
    struct sw_timeline timeline;
    struct sw_error e;

    *explained = (struct sw_explained){.text = NULL};
    if (sw_timeline_fill(&timeline, sched, &e) < 0) {
        if (asprintf(&explained->text, "not explained: %s\n", e.text) < 0)
            explained->text = NULL;
    } else if (sw_run_end_is_failure(&timeline.end)) {
        tell(explained, sched, &timeline, how);
    }
    sw_timeline_free(&timeline);
}

void sw_explained_free(struct sw_explained *explained)
{
    free(explained->text);
    *explained = (struct sw_explained){.text = NULL};
}
