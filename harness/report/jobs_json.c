/* SPDX-License-Identifier: MIT */
#include "jobs_json.h"

#include "contract/version.h"
#include "harness/formats/files/json_fields.h"
#include "report.h"

static json_object *make_test(const struct sw_job *job)
{
    char name[SW_TRANSCRIPT_NAME_MAX];
    const char *schedule = sw_report_name(job, name, sizeof name);
    json_object *object = json_object_new_object();

    sw_json_fields_add_text(object, "target", name);
    if (*schedule != '\0')
        sw_json_fields_add_text(object, "schedule", schedule);
    sw_json_fields_add_text(object, "end", sw_judge_name(job->verdict.kind));
    sw_json_fields_add_text(object, "why", job->verdict.text);
    if (job->seconds > 0)
        json_object_object_add(object, "seconds", json_object_new_double(job->seconds));
    if (job->story != NULL)
        sw_json_fields_add_text(object, "story", job->story);
    return object;
}

int sw_jobs_json_write(const char *path, const struct sw_job *jobs, int count)
{
    json_object *object = json_object_new_object(), *tests = json_object_new_array();
    struct sw_error e;

    sw_json_fields_add_text(object, "writer", "spillway " SW_VERSION);
    json_object_object_add(object, "tests", tests);
    for (int i = 0; i < count; i++)
        if (jobs[i].runs > 0)
            json_object_array_add(tests, make_test(&jobs[i]));
    int status = sw_json_fields_write(object, path, &e);
    if (status < 0)
        sw_error_print(&e);
    json_object_put(object);
    return status;
}
