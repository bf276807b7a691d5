/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/runner/agentless.h"
#include "harness/runner/oracle_events.h"
#include "contract/utf8.h"

const char *sw_judge_name(enum sw_verdict_kind kind)
{
    static const char *const names[SW_VERDICT_COUNT] = {"as expected",  "failed",        "crashed",
                                                        "inconclusive", "harness error", "skipped"};
    return names[kind];
}

int sw_judge_is_good(enum sw_verdict_kind kind)
{
    return kind == SW_AS_EXPECTED || kind == SW_SKIPPED;
}

void sw_judge_decide(struct sw_verdict *verdict, enum sw_verdict_kind kind, const char *oracle,
                     unsigned line, uint32_t event, const char *format, ...)
{
    va_list args;

    verdict->kind = kind;
    snprintf(verdict->oracle, sizeof verdict->oracle, "%s", oracle);
    verdict->line = line;
    verdict->event = event;
    /* Cut at the size of the text, and then at the last whole character of it. */
    va_start(args, format);
    vsnprintf(verdict->text, sizeof verdict->text, format, args);
    va_end(args);
    sw_utf8_trim(verdict->text);
}

/* ---- rest states ---- */

/* The kinds of rest stand together in event.h, from DONE to UNFINISHED. */
int sw_judge_is_rest(unsigned kind)
{
    return kind >= SW_EVENT_DONE && kind <= SW_EVENT_UNFINISHED;
}

void sw_judge_format_rest(const struct sw_event_shm *event_shm, const struct sw_event *event,
                          char *buf, unsigned long size)
{
    const char *text = sw_event_shm_text(event_shm, event->text);

    switch (event->kind) {
    case SW_EVENT_DONE:
        snprintf(buf, size, "done");
        break;
    case SW_EVENT_RAISED:
        snprintf(buf, size, "raises %s", text);
        break;
    case SW_EVENT_BLOCKS:
        snprintf(buf, size, "blocks %s.%s", sw_event_shm_text(event_shm, event->object), text);
        break;
    case SW_EVENT_PARKED:
        snprintf(buf, size, "parked");
        break;
    case SW_EVENT_PAUSES:
        snprintf(buf, size, "pauses");
        break;
    default:
        snprintf(buf, size, "unfinished");
        break;
    }
    sw_utf8_trim(buf);
}

static void format_expected(const struct sw_outcome *outcome, char *buf, unsigned long size)
{
    switch (outcome->kind) {
    case SW_OUT_DONE:
        snprintf(buf, size, "done");
        break;
    case SW_OUT_PARKED:
        snprintf(buf, size, "parked");
        break;
    case SW_OUT_BLOCKS:
        snprintf(buf, size, "blocks %s.%s", outcome->name, outcome->operation);
        break;
    case SW_OUT_RAISES:
        snprintf(buf, size, "raises %s", outcome->name);
        break;
    default:
        snprintf(buf, size, "pauses");
        break;
    }
}

/* ---- moves ---- */

/* One step and the state in which it must come to rest. */
struct expectation {
    const char *step;
    const struct sw_outcome *outcome;
};

/* What a move is to bring to rest: first the step that it moves, then those that it wakes, in the
 * order of the spec. There is none behind the last. */
static struct expectation expected_rest(const struct sw_spec *spec, const struct sw_spec_move *move,
                                        int index)
{
    if (index == 0)
        return (struct expectation){spec->steps[move->step].name, &move->outcome};
    if (index <= move->wake_count)
        return (struct expectation){spec->steps[move->wakes[index - 1].step].name,
                                    &move->wakes[index - 1].outcome};
    return (struct expectation){NULL, NULL};
}

/* What an exception or an unfinished step has to say. */
static const char *detail(const struct sw_event_shm *event_shm, const struct sw_event *event)
{
    const char *note = sw_event_shm_text(event_shm, event->note);
    return event->kind == SW_EVENT_RAISED || event->kind == SW_EVENT_UNFINISHED ? note : "";
}

/* Compares the rest events of one move, from *at on, with what the spec says;
 * leaves *at at the first event of the next move.  0 if they agree. */
static int judge_move(const struct sw_event_shm *event_shm, const struct sw_spec *spec,
                      const struct sw_spec_move *move, uint32_t number, uint32_t *at,
                      struct sw_verdict *verdict)
{
    char was[300], wanted[300];
    int index = 0;

    for (; *at < event_shm->event_count && event_shm->events[*at].move <= number; (*at)++) {
        const struct sw_event *event = &event_shm->events[*at];
        /* Events of moves before this one are there if a step woke late; they have been judged. */
        if (event->move < number || !sw_judge_is_rest(event->kind))
            continue;
        struct expectation e = expected_rest(spec, move, index++);
        const char *who = sw_event_shm_text(event_shm, event->who);
        sw_judge_format_rest(event_shm, event, was, sizeof was);
        const char *more = detail(event_shm, event);
        if (e.step == NULL) {
            sw_judge_decide(verdict, SW_FAILED, "outcome", move->line, *at + 1,
                            "move %u: not expected: wakes %s: %s%s%s", number, who, was,
                            *more ? ": " : "", more);
            return -1;
        }
        format_expected(e.outcome, wanted, sizeof wanted);
        if (strcmp(e.step, who) != 0 || strcmp(wanted, was) != 0) {
            sw_judge_decide(verdict, SW_FAILED, "outcome", move->line, *at + 1,
                            "move %u: expected %s: %s, was %s: %s%s%s", number, e.step, wanted, who,
                            was, *more ? ": " : "", more);
            return -1;
        }
    }
    /* As many have come to rest as were told; is one more expected? */
    struct expectation missing = expected_rest(spec, move, index);
    if (missing.step == NULL)
        return 0;
    format_expected(missing.outcome, wanted, sizeof wanted);
    sw_judge_decide(verdict, SW_FAILED, "outcome", move->line, 0,
                    "move %u: expected %s: %s, it did not", number, missing.step, wanted);
    return -1;
}

/* A directive whose visit did not come has done nothing, and that is no pass.  wrong: the outcome
 * that may follow from it, or an empty text. */
static int judge_directives(const struct sw_event_shm *event_shm, const struct sw_spec_move *move,
                            uint32_t number, const char *wrong, struct sw_verdict *verdict)
{
    static const char *const words[] = {
#define WORD(id, word, flag, why) word,
        SW_DIRECTIVES(WORD)
#undef WORD
    };

    for (int i = 0; i < move->directive_count; i++) {
        const struct sw_plan_directive *d = &move->directives[i];
        uint32_t before = number > 1 ? event_shm->visits[number - 2][d->point] : 0,
                 after = event_shm->visits[number - 1][d->point];
        /* Visits are counted through the schedule, so that visit number nth is in this move if the
         * count passes it here. */
        if (d->nth > before && d->nth <= after)
            continue;
        sw_judge_decide(verdict, SW_FAILED, "directive", move->line, 0,
                        "move %u: %s %s#%u: that visit did not come in this move: %u before it, "
                        "%u in it (run -v numbers them)%s%s",
                        number, words[d->kind], sw_spec_point_name((int)d->point), d->nth, before,
                        after - before, *wrong != '\0' ? "; " : "", wrong);
        return -1;
    }
    return 0;
}

static void judge_moves(const struct sw_event_shm *event_shm, const struct sw_spec *spec,
                        const struct sw_spec_schedule *schedule, struct sw_verdict *verdict)
{
    uint32_t at = 0;
    int failed = 0;

    /* The first move that is wrong explains those behind it; in a move, what was not done explains
     * what did not come. */
    for (int i = 0; i < schedule->move_count && !failed; i++) {
        const struct sw_spec_move *move = &schedule->moves[i];
        char wrong[sizeof verdict->text] = "";
        failed = judge_move(event_shm, spec, move, (uint32_t)i + 1, &at, verdict) < 0;
        if (failed) /* behind "move N: " */
            snprintf(wrong, sizeof wrong, "%s", strchr(verdict->text, ':') + 2);
        failed |= judge_directives(event_shm, move, (uint32_t)i + 1, wrong, verdict) < 0;
    }
}

/* ---- oracles ---- */

static unsigned line_of(const struct sw_spec_schedule *schedule, const struct sw_event *event)
{
    if (schedule == NULL || event->move == 0 || event->move > (uint32_t)schedule->move_count)
        return 0;
    return schedule->moves[event->move - 1].line;
}

/* Returns whether there is such an event, and then it has decided. */
static int judge_oracle(const struct sw_event_shm *event_shm, const struct sw_event *event,
                        const struct sw_spec_schedule *schedule, struct sw_verdict *verdict)
{
    char text[SW_ORACLE_EVENTS_TEXT_MAX];

    if (event == NULL)
        return 0;
    sw_judge_decide(verdict, SW_FAILED, sw_oracle_events_name(event_shm, event),
                    line_of(schedule, event), event->index + 1, "%s",
                    sw_oracle_events_describe(event_shm, event, text));
    return 1;
}

static const struct sw_event *last_of(const struct sw_event_shm *event_shm, unsigned kind)
{
    for (uint32_t i = event_shm->event_count; i > 0; i--)
        if (event_shm->events[i - 1].kind == kind)
            return &event_shm->events[i - 1];
    return NULL;
}

static void judge_signal(const struct sw_spec_process *child,
                         const struct sw_spec_schedule *schedule, struct sw_verdict *verdict)
{
    const struct sw_event *crash = last_of(child->event_shm, SW_EVENT_CRASH);
    const char *who = crash != NULL ? sw_event_shm_text(child->event_shm, crash->who) : "";
    char name[32];

    sw_judge_decide(verdict, SW_CRASHED, "crash", crash != NULL ? line_of(schedule, crash) : 0,
                    crash != NULL ? crash->index + 1 : 0, "%s in %s",
                    sw_run_end_signal_name(child->end.signal, name, sizeof name),
                    *who != '\0' ? who : "the interpreter");
}

/* ---- the whole ---- */

/* Of a child that the engine ended.  Returns whether that decides. */
static int judge_engine(const struct sw_end *end, struct sw_verdict *verdict)
{
    char word[SW_END_WORD_MAX];

    switch (end->kind) {
    case SW_ENDED_DEADLOCK:
    case SW_ENDED_LIVELOCK:
    case SW_ENDED_DIVERGED:
        sw_judge_decide(verdict, SW_FAILED, sw_run_end_word(end, word), 0, 0, "%s", end->text);
        return 1;
    case SW_ENDED_ENGINE_ERROR:
        sw_judge_decide(verdict, SW_HARNESS_ERROR, sw_run_end_word(end, word), 0, 0, "%s",
                        end->text);
        return 1;
    default:
        return 0;
    }
}

/* Of a child that ended by itself.  Returns whether that decides. */
static int judge_exit(const struct sw_spec_process *child, const struct sw_spec *spec,
                      struct sw_verdict *verdict)
{
    int status = child->end.code;

    if (spec == NULL && status != 0)
        sw_judge_decide(verdict, SW_FAILED, "exit", 0, 0, "the program exited with %d", status);
    else if (spec != NULL && last_of(child->event_shm, SW_EVENT_FINISHED) == NULL)
        sw_judge_decide(verdict, SW_HARNESS_ERROR, "harness", 0, 0,
                        "the child ended before its schedule, with exit status %d", status);
    else if (spec != NULL && status != 0)
        sw_judge_decide(verdict, SW_HARNESS_ERROR, "harness", 0, 0,
                        "the child has finished its schedule, but its exit status is %d", status);
    return verdict->kind != SW_AS_EXPECTED;
}

static void judge(const struct sw_spec_process *child, const struct sw_spec *spec,
                  const struct sw_spec_schedule *schedule, struct sw_verdict *verdict)
{
    const struct sw_event_shm *event_shm = child->event_shm;

    if (judge_oracle(event_shm, sw_oracle_events_invariant(event_shm), schedule, verdict))
        return;
    if (child->end.kind == SW_ENDED_WATCHDOG) {
        sw_judge_decide(verdict, SW_HARNESS_ERROR, "watchdog", 0, 0,
                        "no end in sight: the watchdog ended the child");
        return;
    }
    if (child->end.kind == SW_ENDED_CRASHED) {
        judge_signal(child, schedule, verdict);
        return;
    }
    const char *missing =
        spec != NULL && last_of(event_shm, SW_EVENT_FINISHED) == NULL
            ? sw_agentless_missing(spec, child->end.code, event_shm->attached == SW_EVENT_SHM_MAGIC)
            : NULL;
    if (missing != NULL) {
        sw_judge_decide(verdict, SW_SKIPPED, "skipped", 0, 0, "needs %s", missing);
        return;
    }
    /* Who has no agent in it may have left anything there, or nothing: no event counts. */
    if (event_shm->attached != SW_EVENT_SHM_MAGIC) {
        sw_judge_decide(verdict, SW_HARNESS_ERROR, "harness", 0, 0,
                        "no agent has answered: the interpreter did not start or is not "
                        "slpython-lab; its exit status is %d",
                        child->end.code);
        return;
    }
    /* What was seen to go wrong explains why it then hung, or ended badly. */
    if (judge_oracle(event_shm, sw_oracle_events_first(event_shm), schedule, verdict) ||
        judge_engine(&child->end, verdict) || judge_exit(child, spec, verdict))
        return;
    if (spec != NULL)
        judge_moves(event_shm, spec, schedule, verdict);
    /* Only a pass needs all events: what is wrong in those that are there stays wrong. */
    if (verdict->kind == SW_AS_EXPECTED && event_shm->events_lost > 0)
        sw_judge_decide(verdict, SW_INCONCLUSIVE, "events", 0, 0,
                        "%u events did not fit: what happened there was not seen",
                        event_shm->events_lost);
}

void sw_judge(const struct sw_spec_process *child, const struct sw_spec *spec,
              const struct sw_spec_schedule *schedule, struct sw_verdict *verdict)
{
    memset(verdict, 0, sizeof *verdict);
    judge(child, spec, schedule, verdict);
    if (verdict->event != 0)
        verdict->move = child->event_shm->events[verdict->event - 1].move;
}
