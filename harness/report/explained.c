/* SPDX-License-Identifier: MIT */
#include "explained.h"

#include <stdlib.h>
#include <string.h>

static void tell(struct sw_explained *explained, const struct sw_timeline *timeline,
                 enum sw_explanation_how how)
{
    struct sw_explanation explanation;
    size_t size = 0;
    FILE *out = open_memstream(&explained->text, &size);

    sw_explanation_make(&explanation, timeline);
    snprintf(explained->kind, sizeof explained->kind, "%s", sw_explanation_name(explanation.kind));
    snprintf(explained->object, sizeof explained->object, "%s", explanation.object);
    snprintf(explained->sentence, sizeof explained->sentence, "%s", explanation.sentence);
    sw_explanation_pair(&explanation, timeline, explained->pair, sizeof explained->pair);
    if (out == NULL)
        return;
    sw_explanation_print(out, &explanation, timeline, how);
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
        tell(explained, &timeline, how);
    }
    sw_timeline_free(&timeline);
}

void sw_explained_free(struct sw_explained *explained)
{
    free(explained->text);
    *explained = (struct sw_explained){.text = NULL};
}
