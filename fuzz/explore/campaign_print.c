/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "contract/exit.h"
#include "contract/version.h"
#include "campaign.h"
#include "harness/formats/files/atomic_files.h"
#include "harness/formats/files/json_fields.h"

int sw_campaign_print_status(const struct sw_campaign_summary *summary, uint32_t shard)
{
    int is_whole = shard > 0 ? summary->is_done[shard] : sw_campaign_is_whole(summary);

    if (summary->totals.failures > 0 || summary->cause_count > 0)
        return SW_EXIT_FAILED;
    return summary->plan.schedules == 0 || is_whole ? SW_EXIT_OK : SW_EXIT_UNSURE;
}

/* "12,000 schedules of portfolio ...": exactly what has been shown.  Returns buf. */
static char *claim(const struct sw_campaign_summary *summary, char *buf, size_t size)
{
    const struct sw_campaign_plan *plan = &summary->plan;
    char beyond[64] = "", of[64] = "", learning[64] = "";

    if (summary->schedules > summary->in_order)
        snprintf(beyond, sizeof beyond, " and %llu beyond",
                 (unsigned long long)(summary->schedules - summary->in_order));
    if (plan->schedules > 0 && !sw_campaign_is_whole(summary))
        snprintf(of, sizeof of, " of %llu", (unsigned long long)plan->schedules);
    if (plan->learning > 0)
        snprintf(learning, sizeof learning, " (the first %u pos, to learn)", plan->learning);
    snprintf(buf, size,
             "%llu%s schedule%s of %s%s, seeds %llu to %llu%s, about %llu distinct, %u shard%s, "
             "%.1f s of processes",
             (unsigned long long)summary->schedules, of,
             summary->schedules == 1 && *of == '\0' ? "" : "s", plan->strategy, learning,
             (unsigned long long)plan->seed,
             (unsigned long long)(plan->seed + summary->in_order - 1), beyond,
             (unsigned long long)summary->distinct, plan->shards, plan->shards == 1 ? "" : "s",
             (double)summary->ms / 1000);
    return buf;
}

static void print_cause(FILE *out, const struct sw_campaign_summary *summary, int i)
{
    const struct sw_failure_cause *cause = &summary->causes[i];

    fprintf(out, "       cause %s: %s\n", cause->key, cause->outcome);
    if (cause->kind[0] != '\0')
        fprintf(out, "         kind: %s%s%s\n", cause->kind,
                cause->object[0] != '\0' ? ", of " : "", cause->object);
    if (cause->sentence[0] != '\0')
        fprintf(out, "         schedule: %s\n", cause->sentence);
    if (cause->pair[0] != '\0')
        fprintf(out, "         critical pair: %s\n", cause->pair);
    fprintf(out, "         seed %llu; minimised: %llu deviation%s, %s\n",
            (unsigned long long)cause->seed, (unsigned long long)cause->deviations,
            cause->deviations == 1 ? "" : "s", cause->proof);
    fprintf(out, "         again: spillway replay %s/failures/%s.min.sched\n", summary->folders[i],
            cause->key);
}

void sw_campaign_print(FILE *out, const struct sw_campaign_report *report)
{
    static const char *const words[] = {"ok", "FAIL", "ERROR", "UNSURE"};
    const struct sw_campaign_summary *summary = report->summary;
    const struct sw_work_log_totals *totals = &summary->totals;
    char text[512];

    fprintf(out, "%-6s %s (%s)\n", words[report->status], report->name,
            claim(summary, text, sizeof text));
    for (int i = 0; i < totals->kind_count; i++)
        fprintf(out, "       %llu fail%s, from seed %llu on: %s\n",
                (unsigned long long)totals->kinds[i].count, totals->kinds[i].count == 1 ? "s" : "",
                (unsigned long long)totals->kinds[i].seed, totals->kinds[i].text);
    for (int i = 0; i < summary->cause_count; i++)
        print_cause(out, summary, i);
    if (summary->missing > 0)
        fprintf(out, "       nothing is here of shard %u of %u\n", summary->missing,
                summary->plan.shards);
    if (summary->begun > 0 && summary->alive == 0)
        fprintf(out, "       shard %u of %u was ended before its first schedules were kept\n",
                summary->begun, summary->plan.shards);
    if (summary->alive > 0)
        fprintf(out, "       %d process%s still at it\n", summary->alive,
                summary->alive == 1 ? " is" : "es are");
    if (report->ended != NULL)
        fprintf(out, "       %s\n", report->ended);
    fflush(out);
}

/* ---- as JSON ---- */

static json_object *make_kinds(const struct sw_work_log_totals *totals)
{
    json_object *list = json_object_new_array();

    for (int i = 0; i < totals->kind_count; i++) {
        json_object *kind = json_object_new_object();
        sw_json_fields_add_text(kind, "outcome", totals->kinds[i].text);
        sw_json_fields_add_number(kind, "schedules", totals->kinds[i].count);
        sw_json_fields_add_number(kind, "seed", totals->kinds[i].seed);
        json_object_array_add(list, kind);
    }
    return list;
}

static json_object *make_causes(const struct sw_campaign_summary *summary)
{
    json_object *list = json_object_new_array();
    char path[PATH_MAX];

    for (int i = 0; i < summary->cause_count; i++) {
        const struct sw_failure_cause *cause = &summary->causes[i];
        json_object *object = sw_failure_dedup_make_json(cause);
        snprintf(path, sizeof path, "%s/failures/%s.min.sched", summary->folders[i], cause->key);
        sw_json_fields_add_text(object, "schedule", path);
        json_object_array_add(list, object);
    }
    return list;
}

int sw_campaign_print_json(const char *path, const struct sw_campaign_report *report,
                           struct sw_error *e)
{
    static const char *const ends[] = {"nothing found", "found", "error", "inconclusive"};
    const struct sw_campaign_summary *summary = report->summary;
    json_object *object = json_object_new_object();
    char text[512];

    sw_json_fields_add_text(object, "writer", "spillway " SW_VERSION);
    sw_json_fields_add_text(object, "target", report->name);
    sw_json_fields_add_text(object, "strategy", summary->plan.strategy);
    sw_json_fields_add_text(object, "end", ends[report->status]);
    sw_json_fields_add_text(object, "why", report->ended != NULL ? report->ended : "");
    sw_json_fields_add_text(object, "claim", claim(summary, text, sizeof text));
    sw_json_fields_add_number(object, "schedules", summary->schedules);
    sw_json_fields_add_number(object, "learning", summary->plan.learning);
    sw_json_fields_add_number(object, "in_order", summary->in_order);
    sw_json_fields_add_number(object, "about_distinct", summary->distinct);
    sw_json_fields_add_number(object, "first_seed", summary->plan.seed);
    sw_json_fields_add_number(object, "shards", summary->plan.shards);
    sw_json_fields_add_number(object, "shards_done", summary->shards_done);
    json_object_object_add(object, "seconds", json_object_new_double((double)summary->ms / 1000));
    json_object_object_add(object, "failures", make_kinds(&summary->totals));
    json_object_object_add(object, "causes", make_causes(summary));
    int status = sw_json_fields_write(object, path, e);
    json_object_put(object);
    return status;
}
