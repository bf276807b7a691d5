/* SPDX-License-Identifier: MIT */
#include "picture_trace.h"

#include <stdlib.h>

#include "picture_json.h"

/* A mark is 10 us from the next at least: its slice begins 1 us behind it and ends 1 us before the
 * next, and a flow's end lies between. */
enum { US_A_STEP = 1000, US_A_MARK = 10, TRACK_FIRST = 100, PROCESS_THREADS = 1 };

struct trace {
    FILE *out;
    const struct sw_picture *picture;
    uint64_t *at; /* of each mark, in us; and of the end */
    int has_one; /* an event has been written: the next one has a comma before it */
};

static const char *text_of(const struct trace *trace, uint32_t text)
{
    return sw_picture_text_of(trace->picture, text);
}

static void write_text(struct trace *trace, const char *text)
{
    sw_picture_json_text(trace->out, text, SW_PICTURE_LINES_MAX);
}

/* Which process a lane is of; 0: it has no track. */
static int process_of(const struct sw_picture_lane *lane)
{
    switch (lane->kind) {
    case SW_PICTURE_LANE_THREAD:
        return PROCESS_THREADS;
    case SW_PICTURE_LANE_TASKLET: /* its marks are on its thread's track, if that is known */
        return lane->parent == 0 ? PROCESS_THREADS : 0;
    case SW_PICTURE_LANE_LOCK:
        return 2;
    case SW_PICTURE_LANE_CHANNEL:
        return 3;
    default:
        return 0;
    }
}

/* `{"ph":"X","pid":1,"tid":100,"ts":3000`, to be ended by the caller. */
static void begin_event(struct trace *trace, char phase, uint32_t lane, uint64_t at)
{
    int process = process_of(&trace->picture->lanes[lane]);

    fprintf(trace->out, "%s{\"ph\":\"%c\",\"pid\":%d,\"tid\":%u,\"ts\":%llu",
            trace->has_one ? ",\n" : "", phase, process, TRACK_FIRST + lane,
            (unsigned long long)at);
    trace->has_one = 1;
}

/* ---- names and order ---- */

static void write_metadata(struct trace *trace, const char *what, int process, uint32_t track,
                           const char *name, uint32_t order)
{
    fprintf(trace->out,
            "%s{\"ph\":\"M\",\"pid\":%d,\"tid\":%u,\"ts\":0,\"name\":\"%s_name\","
            "\"args\":{\"name\":",
            trace->has_one ? ",\n" : "", process, track, what);
    write_text(trace, name);
    fprintf(trace->out,
            "}},\n{\"ph\":\"M\",\"pid\":%d,\"tid\":%u,\"ts\":0,"
            "\"name\":\"%s_sort_index\",\"args\":{\"sort_index\":%u}}",
            process, track, what, order);
    trace->has_one = 1;
}

static void write_tracks(struct trace *trace)
{
    static const char *const processes[] = {NULL, NULL, "locks", "channels"};
    const struct sw_picture *picture = trace->picture;

    for (int i = PROCESS_THREADS; i <= 3; i++)
        write_metadata(trace, "process", i, TRACK_FIRST,
                       i == PROCESS_THREADS ? text_of(trace, picture->title) : processes[i],
                       (uint32_t)i);
    for (uint32_t i = 0; i < picture->lane_count; i++) {
        uint32_t lane = picture->order[i];
        int process = process_of(&picture->lanes[lane]);
        if (process != 0)
            write_metadata(trace, "thread", process, TRACK_FIRST + lane,
                           text_of(trace, picture->lanes[lane].name), i);
    }
}

/* ---- slices ---- */

static void write_span(struct trace *trace, const struct sw_picture_span *span)
{
    const struct sw_picture *picture = trace->picture;
    uint64_t begin = trace->at[span->from], end = trace->at[span->to];
    const char *by = span->by != 0 ? text_of(trace, picture->lanes[span->by - 1].name) : "?";

    if (span->kind == SW_PICTURE_SPAN_WAITS || process_of(&picture->lanes[span->lane]) == 0)
        return;
    begin_event(trace, 'X', span->lane, begin);
    fprintf(trace->out, ",\"dur\":%llu,\"cat\":\"%s\",\"name\":", (unsigned long long)(end - begin),
            sw_picture_spans[span->kind]);
    write_text(trace, by);
    fputc('}', trace->out);
}

/* What a thread does: it runs, or waits for something.  A tasklet that waits does not stop its
 * thread. */
static void write_state(struct trace *trace, const struct sw_picture_span *span)
{
    const struct sw_picture *picture = trace->picture;
    /* It waits from where others run. */
    uint64_t begin = trace->at[span->from] + (span->kind == SW_PICTURE_SPAN_WAITS ? US_A_MARK : 0);

    if (span->kind == SW_PICTURE_SPAN_HELD || begin >= trace->at[span->to] ||
        picture->lanes[span->lane].kind != SW_PICTURE_LANE_THREAD)
        return;
    begin_event(trace, 'T', span->lane, begin);
    fprintf(trace->out, ",\"dur\":%llu,\"name\":\"%s\",\"args\":{",
            (unsigned long long)(trace->at[span->to] - begin),
            span->kind == SW_PICTURE_SPAN_RUNS ? "Running" : "S");
    if (span->kind == SW_PICTURE_SPAN_WAITS) {
        fputs("\"blocked_function\":", trace->out);
        write_text(trace, span->by != 0 ? text_of(trace, picture->lanes[span->by - 1].name) : "?");
    }
    fputs("}}", trace->out);
}

static void write_argument(struct trace *trace, const char *name, uint32_t text)
{
    if (text == 0)
        return;
    fprintf(trace->out, ",\"%s\":", name);
    write_text(trace, text_of(trace, text));
}

static void write_slice(struct trace *trace, uint32_t mark, uint32_t lane, uint64_t end)
{
    const struct sw_picture *picture = trace->picture;
    const struct sw_picture_mark *it = &picture->marks[mark];
    uint64_t begin = trace->at[mark] + 1;

    begin_event(trace, 'X', lane, begin);
    fprintf(trace->out, ",\"dur\":%llu,\"cat\":\"%s\",\"name\":", (unsigned long long)(end - begin),
            sw_picture_looks[it->kind].name);
    write_text(trace, it->text != 0 ? text_of(trace, it->text) : sw_picture_looks[it->kind].name);
    fprintf(trace->out, ",\"args\":{\"step\":%llu", (unsigned long long)it->step);
    write_argument(
        trace, "tasklet",
        sw_picture_thread_of(picture, it->lane) != it->lane ? picture->lanes[it->lane].name : 0);
    write_argument(trace, "object", it->object != 0 ? picture->lanes[it->object - 1].name : 0);
    write_argument(trace, "place", it->place);
    write_argument(trace, "source", it->source);
    write_argument(trace, "before", it->before);
    write_argument(trace, "after", it->after);
    write_argument(trace, "stack", it->stack);
    fputs("}}", trace->out);
}

/* On the thread's track, and on that of the channel. */
static void write_mark(struct trace *trace, uint32_t mark)
{
    const struct sw_picture_mark *it = &trace->picture->marks[mark];
    uint32_t thread = sw_picture_thread_of(trace->picture, it->lane);

    write_slice(trace, mark, thread, trace->at[mark + 1] - 1);
    if (it->object != 0 && trace->picture->lanes[it->object - 1].kind == SW_PICTURE_LANE_CHANNEL)
        write_slice(trace, mark, it->object - 1, trace->at[mark] + US_A_MARK - 1);
}

/* ---- flows, and the rest ---- */

/* Its two ends have one id, category and name. */
static void write_flow(struct trace *trace, uint32_t to)
{
    const struct sw_picture *picture = trace->picture;
    const struct sw_picture_mark *mark = &picture->marks[to], *from;

    if (mark->partner == 0)
        return;
    from = &picture->marks[mark->partner - 1];
    for (int i = 0; i < 2; i++) {
        uint32_t lane = sw_picture_thread_of(picture, (i == 0 ? from : mark)->lane);
        begin_event(trace, i == 0 ? 's' : 'f', lane,
                    trace->at[i == 0 ? mark->partner - 1 : to] + 3);
        fprintf(trace->out, ",\"id\":%u,\"cat\":\"flow\",\"name\":\"%s to %s\"%s}", to + 1,
                sw_picture_looks[from->kind].name, sw_picture_looks[mark->kind].name,
                i == 0 ? "" : ",\"bp\":\"e\"");
    }
}

static void write_failure(struct trace *trace)
{
    const struct sw_picture *picture = trace->picture;

    if (picture->failure == 0)
        return;
    uint32_t mark = picture->failure - 1;
    begin_event(trace, 'i', sw_picture_thread_of(picture, picture->marks[mark].lane),
                trace->at[mark] + 3);
    fputs(",\"s\":\"g\",\"name\":\"failure\",\"args\":{\"outcome\":", trace->out);
    write_text(trace, text_of(trace, picture->outcome));
    fputs("}}", trace->out);
}

static void write_odds(struct trace *trace)
{
    const struct sw_picture *picture = trace->picture;

    for (uint32_t i = 0; i < picture->odds_count && picture->mark_count > 0; i++)
        fprintf(trace->out,
                ",\n{\"ph\":\"C\",\"pid\":%d,\"ts\":%llu,\"name\":\"P(failure)\","
                "\"args\":{\"likely\":%.4f}}",
                PROCESS_THREADS, (unsigned long long)picture->odds[i].step * US_A_STEP,
                picture->odds[i].likely);
}

/* Of each mark its time, so that they rise; where a step has very many, the next ones are late. */
static int make_times(struct trace *trace)
{
    const struct sw_picture *picture = trace->picture;
    uint64_t at = 0;

    trace->at = calloc((size_t)picture->mark_count + 1, sizeof *trace->at);
    if (trace->at == NULL)
        return -1;
    for (uint32_t i = 0; i < picture->mark_count; i++) {
        uint64_t step = picture->marks[i].step * US_A_STEP;
        at = i > 0 && step < at + US_A_MARK ? at + US_A_MARK : step;
        trace->at[i] = at;
    }
    trace->at[picture->mark_count] = at + US_A_STEP;
    return 0;
}

int sw_picture_trace_write(FILE *out, const struct sw_picture *picture)
{
    struct trace trace = {.out = out, .picture = picture};

    if (make_times(&trace) < 0)
        return -1;
    fputs("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n", out);
    write_tracks(&trace);
    for (uint32_t i = 0; i < picture->span_count; i++)
        write_span(&trace, &picture->spans[i]);
    for (uint32_t i = 0; i < picture->mark_count; i++)
        write_mark(&trace, i);
    for (uint32_t i = 0; i < picture->mark_count; i++)
        write_flow(&trace, i);
    for (uint32_t i = 0; i < picture->span_count; i++)
        write_state(&trace, &picture->spans[i]);
    write_failure(&trace);
    write_odds(&trace);
    fputs("\n]}\n", out);
    free(trace.at);
    return 0;
}
