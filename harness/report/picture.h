/* SPDX-License-Identifier: MIT
 *
 * picture.h - a run laid out to be drawn: lanes, marks on them, and spans between the marks.
 *
 *      lane    a thread, a tasklet, a lock, a channel, an object
 *      mark    something that happened at a step, on the lane of who did it; often at an object,
 *              which has a lane of its own; often with a partner, an earlier mark of which it is
 *              the consequence: a receive and its send, a lock and the unlock before it
 *      span    from a mark to a mark: a thread runs, an object is held, a thread waits
 *
 * The one place that knows how a run is drawn; the terminal, the page and the trace
 * (picture_text.h, picture_html.h, picture_trace.h) draw what they find here, and
 * picture_timeline.h fills it.
 *
 * Texts are numbers of a pool in which each stands once; 0 is the empty one.  What is put in is
 * made printable, so that all of it is valid UTF-8 without control characters, but for the ends of
 * lines in a text of several lines.  Marks stand in the order in which things happened.
 */
#ifndef SW_PICTURE_H
#define SW_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "contract/timeline_kind.h"

/* How a kind of mark (contract/timeline_kind.h) is drawn. */
struct sw_picture_look {
    const char *name;
    const char *glyph; /* one column wide */
    char ascii;
    int rank; /* 0: dull, folded where room is short; 1: told where there is room; 2: what a
                 schedule is about; 3: what went wrong */
    const char *group; /* its colour: "dull", "access", "lock", "value", "switch", "memory",
                          "bad" */
};
extern const struct sw_picture_look sw_picture_looks[SW_TIMELINE_KIND_COUNT];

/* X(ID, NAME) */
#define SW_PICTURE_LANES(X) \
    X(THREAD, "thread") \
    X(TASKLET, "tasklet") X(LOCK, "lock") X(CHANNEL, "channel") X(OBJECT, "object")

enum sw_picture_lane_kind {
#define SW_PICTURE_ENUM(id, name) SW_PICTURE_LANE_##id,
    SW_PICTURE_LANES(SW_PICTURE_ENUM)
#undef SW_PICTURE_ENUM
        SW_PICTURE_LANE_COUNT
};
extern const char *const sw_picture_lanes[SW_PICTURE_LANE_COUNT];

struct sw_picture_lane {
    enum sw_picture_lane_kind kind;
    uint32_t name;
    uint32_t parent; /* of a tasklet: 1 + its thread's lane; 0: none */
    uint32_t is_dull; /* 1: an object that one thread alone has touched; set by the layout */
};

enum {
    SW_PICTURE_ON_PATH = 1, /* on the way to the failure, as why tells it */
    SW_PICTURE_IN_PAIR = 2, /* of the two operations that must not meet */
    SW_PICTURE_DEVIATES = 4, /* a decision that is not the default */
    SW_PICTURE_IN_LIBRARY = 8, /* in what is not the program's own: as dull as can be */
    SW_PICTURE_ALONE = 16, /* of an object that no other thread touches, or a lock that is
                                  released at once: likewise; set by the layout */
    SW_PICTURE_MATTERS = 32, /* one of those that explain the failure */
    SW_PICTURE_DULL = SW_PICTURE_IN_LIBRARY | SW_PICTURE_ALONE,
};

struct sw_picture_mark {
    uint64_t step; /* the decision's number, as `spillway debug --at` wants it */
    uint32_t lane; /* of a thread or tasklet */
    uint32_t object; /* 1 + the lane of what it is about; 0: nothing that has one */
    uint32_t partner; /* 1 + the mark that it follows from, which is an earlier one; 0: none */
    uint16_t kind; /* enum sw_timeline_kind */
    uint16_t flags;
    uint32_t text; /* what happened, in words */
    uint32_t place; /* "bank.py:12 take" */
    uint32_t source; /* the line's own text */
    uint32_t before, after; /* values, as repr has them */
    uint32_t stack; /* lines, innermost first */
};

/* X(ID, NAME): of lane, which `by` holds or waits for */
#define SW_PICTURE_SPANS(X) X(RUNS, "runs") X(HELD, "held") X(WAITS, "waits")

enum sw_picture_span_kind {
#define SW_PICTURE_ENUM(id, name) SW_PICTURE_SPAN_##id,
    SW_PICTURE_SPANS(SW_PICTURE_ENUM)
#undef SW_PICTURE_ENUM
        SW_PICTURE_SPAN_COUNT
};
extern const char *const sw_picture_spans[SW_PICTURE_SPAN_COUNT];

struct sw_picture_span {
    enum sw_picture_span_kind kind;
    uint32_t lane;
    uint32_t by; /* HELD: the lane of who holds it; WAITS: of what it waits for; RUNS: the
                          thread's lane says the tasklet's.  1 + lane; 0: nobody knows */
    uint32_t from, to; /* marks; it ends before `to`, which is mark_count where it never ended */
};

/* How probable the failure is once that many decisions are taken. */
struct sw_picture_odds {
    uint64_t step;
    double low, likely, high;
};

struct sw_picture {
    uint32_t lane_count, mark_count, span_count, text_count, odds_count;
    struct sw_picture_lane *lanes;
    struct sw_picture_mark *marks;
    struct sw_picture_span *spans; /* set by the layout, in the order of `from` */
    struct sw_picture_odds *odds;
    uint32_t *order; /* lanes as they are drawn, top to bottom: set by the layout */
    uint32_t title; /* what was run */
    uint32_t outcome; /* how it ended */
    uint32_t explained; /* what kind of failure it is, and of what; 0: not known */
    uint32_t sentence; /* what the schedule is, but for its deviations */
    uint32_t reason; /* what the values show */
    uint32_t file; /* the .sched, as a command can name it */
    uint32_t unseen; /* what the picture does not show, in words; 0: nothing that is known of */
    uint64_t jump; /* 1 + the step at which `odds` rise most; 0: not known */
    uint32_t jump_text; /* that in words */
    uint32_t failure; /* 1 + the mark of the failure; 0: none */
    struct sw_picture *beside; /* a run that passes, to be drawn below; NULL: none.  Owned */
    struct sw_picture_store *store; /* picture.c's own */
    int failed; /* out of memory: what is there is of no use */
};

/* NULL: no memory. */
struct sw_picture *sw_picture_new(void);
void sw_picture_free(struct sw_picture *picture);

/* These keep the first failure in `failed`, which sw_picture_lay_out() looks at. */

/* The text's number; text: NULL is the empty one.  Longer ones are cut, at a whole character, and
 * end with "..." then. */
enum { SW_PICTURE_TEXT_MAX = 400, SW_PICTURE_LINES_MAX = 4000 };
uint32_t sw_picture_text(struct sw_picture *picture, const char *text);
/* The same for one of several lines. */
uint32_t sw_picture_text_lines(struct sw_picture *picture, const char *text);
/* A new lane's index; it is never the same one twice. */
uint32_t sw_picture_add_lane(struct sw_picture *picture, enum sw_picture_lane_kind kind,
                             const char *name, uint32_t parent);
/* A new mark, of zeros; valid until the next one is added. */
struct sw_picture_mark *sw_picture_add_mark(struct sw_picture *picture);
void sw_picture_add_odds(struct sw_picture *picture, struct sw_picture_odds odds);

/* Sets spans and order.  A partner that is no earlier mark, a lane that is none: dropped.  0, or -1
 * without memory. */
int sw_picture_lay_out(struct sw_picture *picture);

/* The text itself, which is the picture's, and valid until a text is added. */
const char *sw_picture_text_of(const struct sw_picture *picture, uint32_t text);
/* The lane of the thread that a lane of a tasklet is on, or the lane itself. */
uint32_t sw_picture_thread_of(const struct sw_picture *picture, uint32_t lane);
/* Its kind's, or more, or less, by its flags. */
int sw_picture_rank(const struct sw_picture_mark *mark);

#endif
