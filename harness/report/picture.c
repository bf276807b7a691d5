/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "contract/utf8.h"

#define LOOK(id, name, text) [SW_TIMELINE_##id] = {name, LOOK_##id},
#define LOOK_RUN "·", '.', 0, "dull"
#define LOOK_CONTINUE "▸", '>', 2, "switch"
#define LOOK_PREEMPT "▲", 'P', 2, "switch"
#define LOOK_EARLY "◔", 'T', 2, "switch"
#define LOOK_DECIDE "◈", '?', 1, "switch"
#define LOOK_READ "○", 'r', 1, "access"
#define LOOK_WRITE "●", 'w', 1, "access"
#define LOOK_LOCK "▣", 'L', 1, "lock"
#define LOOK_UNLOCK "□", 'U', 1, "lock"
#define LOOK_BLOCK "◌", 'b', 1, "lock"
#define LOOK_TIMEOUT "◷", 't', 1, "lock"
#define LOOK_WAIT "◍", 'z', 1, "lock"
#define LOOK_NOTIFY "◉", 'n', 1, "lock"
#define LOOK_WAKE "◠", '^', 0, "lock"
#define LOOK_SPAWN "┬", '+', 1, "dull"
#define LOOK_BEGIN "┌", '(', 1, "dull"
#define LOOK_END "└", ')', 1, "dull"
#define LOOK_JOIN "┴", 'j', 1, "dull"
#define LOOK_SEND "▷", 'S', 1, "value"
#define LOOK_DELIVER "▹", 'd', 1, "value"
#define LOOK_RECEIVE "◁", 'R', 1, "value"
#define LOOK_SPILL "▽", 'V', 2, "memory"
#define LOOK_UNSPILL "△", 'A', 1, "memory"
#define LOOK_RELEASE "◇", 'D', 2, "memory"
#define LOOK_RELEASED "◦", 'o', 0, "memory"
#define LOOK_DEALLOC "⊗", 'x', 2, "memory"
#define LOOK_GC "◎", 'G', 2, "memory"
#define LOOK_FAULT "◆", 'F', 2, "memory"
#define LOOK_EVENT "∙", 'e', 1, "dull"
#define LOOK_EXCEPTION "‼", '!', 1, "bad"
#define LOOK_ESCAPE "✘", 'E', 3, "bad"
#define LOOK_FAILURE "✖", 'X', 3, "bad"
const struct sw_picture_look sw_picture_looks[SW_TIMELINE_KIND_COUNT] = {SW_TIMELINE_KINDS(LOOK)};

#define NAME_ROW(id, name) name,
const char *const sw_picture_lanes[SW_PICTURE_LANE_COUNT] = {SW_PICTURE_LANES(NAME_ROW)};

const char *const sw_picture_spans[SW_PICTURE_SPAN_COUNT] = {SW_PICTURE_SPANS(NAME_ROW)};
#undef NAME_ROW

/* The pool of texts, and how much room the lists have. */
struct sw_picture_store {
    char *bytes;
    size_t used, room;
    uint32_t *starts; /* of each text, in bytes */
    uint32_t starts_room;
    uint32_t *table; /* open addressing: 1 + a text's number, 0: free; a power of two */
    uint32_t table_room;
    uint32_t lane_room, mark_room, span_room, odds_room;
};

struct sw_picture *sw_picture_new(void)
{
    struct sw_picture *picture = calloc(1, sizeof *picture);

    if (picture == NULL)
        return NULL;
    picture->store = calloc(1, sizeof *picture->store);
    if (picture->store == NULL) {
        free(picture);
        return NULL;
    }
    sw_picture_text(picture, "");
    return picture;
}

void sw_picture_free(struct sw_picture *picture)
{
    if (picture == NULL)
        return;
    sw_picture_free(picture->beside);
    free(picture->lanes);
    free(picture->marks);
    free(picture->spans);
    free(picture->odds);
    free(picture->order);
    free(picture->store->bytes);
    free(picture->store->starts);
    free(picture->store->table);
    free(picture->store);
    free(picture);
}

/* Room for one more in a list of items of that size.  NULL, and noted: no memory. */
static void *make_room(struct sw_picture *picture, void *list, uint32_t count, uint32_t *room,
                       size_t size)
{
    if (count < *room)
        return list;
    uint32_t wanted = *room == 0 ? 64 : *room * 2;
    void *more = wanted > *room ? reallocarray(list, wanted, size) : NULL;
    if (more == NULL) {
        picture->failed = 1;
        return NULL;
    }
    *room = wanted;
    return more;
}

/* ---- texts ---- */

const char *sw_picture_text_of(const struct sw_picture *picture, uint32_t text)
{
    return text < picture->text_count ? picture->store->bytes + picture->store->starts[text] : "";
}

static uint32_t *find_slot(const struct sw_picture *picture, const char *text, size_t length)
{
    struct sw_picture_store *store = picture->store;
    uint32_t mask = store->table_room - 1;

    for (uint32_t at = (uint32_t)XXH3_64bits(text, length) & mask;; at = (at + 1) & mask)
        if (store->table[at] == 0 ||
            strcmp(sw_picture_text_of(picture, store->table[at] - 1), text) == 0)
            return &store->table[at];
}

/* At most half of the table is taken, so that a probe stays short and always ends. */
static int make_table_room(struct sw_picture *picture)
{
    struct sw_picture_store *store = picture->store;
    uint32_t wanted = store->table_room == 0 ? 256 : store->table_room * 2;

    if (picture->text_count < store->table_room / 2)
        return 0;
    uint32_t *table = calloc(wanted, sizeof *table);
    if (table == NULL)
        return -1;
    free(store->table);
    store->table = table;
    store->table_room = wanted;
    for (uint32_t i = 0; i < picture->text_count; i++) {
        const char *text = sw_picture_text_of(picture, i);
        *find_slot(picture, text, strlen(text)) = i + 1;
    }
    return 0;
}

static int make_byte_room(struct sw_picture_store *store, size_t length)
{
    if (store->used + length <= store->room)
        return 0;
    size_t wanted = (store->used + length) * 2 + 4096;
    char *bytes = wanted <= UINT32_MAX ? realloc(store->bytes, wanted) : NULL;
    if (bytes == NULL)
        return -1;
    store->bytes = bytes;
    store->room = wanted;
    return 0;
}

/* A text that is printable already. */
static uint32_t keep_text(struct sw_picture *picture, const char *text, size_t length)
{
    struct sw_picture_store *store = picture->store;
    uint32_t *starts =
        make_room(picture, store->starts, picture->text_count, &store->starts_room, sizeof *starts);

    if (starts == NULL)
        return 0;
    store->starts = starts;
    if (make_table_room(picture) < 0 || make_byte_room(store, length + 1) < 0) {
        picture->failed = 1;
        return 0;
    }
    uint32_t *slot = find_slot(picture, text, length);
    if (*slot == 0) {
        starts[picture->text_count] = (uint32_t)store->used;
        memcpy(store->bytes + store->used, text, length + 1);
        store->used += length + 1;
        *slot = ++picture->text_count;
    }
    return *slot - 1;
}

/* What would turn the order of a line's other characters around (U+202A to 202E, U+2066 to 2069),
 * or end it (U+2028, U+2029). */
static int turns_line(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    return at[0] == 0xe2 && ((at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae) ||
                             (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
}

/* Printable, and at most that many bytes, in buf, which has room for 8 more.  Returns its
 * length. */
static size_t make_printable(char *buf, const char *text, size_t most, int has_lines)
{
    const char *end = text + strnlen(text, most * 4);
    size_t used = 0;

    while (text < end && used < most) {
        size_t length = has_lines && *text == '\n' ? 1 : sw_utf8_printable(text, end);
        if (length == 3 && turns_line(text))
            length = 0;
        if (length > 0)
            memcpy(buf + used, text, length);
        else
            snprintf(buf + used, 5, "\\x%02x", (unsigned char)*text);
        used += length > 0 ? length : 4;
        text += length > 0 ? length : 1;
    }
    if (text < end || *end != '\0') {
        memcpy(buf + used, "...", 3);
        used += 3;
    }
    buf[used] = '\0';
    return used;
}

uint32_t sw_picture_text(struct sw_picture *picture, const char *text)
{
    char buf[SW_PICTURE_TEXT_MAX + 8];

    return keep_text(picture, buf,
                     make_printable(buf, text != NULL ? text : "", SW_PICTURE_TEXT_MAX, 0));
}

uint32_t sw_picture_text_lines(struct sw_picture *picture, const char *text)
{
    char buf[SW_PICTURE_LINES_MAX + 8];

    return keep_text(picture, buf,
                     make_printable(buf, text != NULL ? text : "", SW_PICTURE_LINES_MAX, 1));
}

/* ---- lanes and marks ---- */

uint32_t sw_picture_add_lane(struct sw_picture *picture, enum sw_picture_lane_kind kind,
                             const char *name, uint32_t parent)
{
    struct sw_picture_lane *lanes = make_room(picture, picture->lanes, picture->lane_count,
                                              &picture->store->lane_room, sizeof *lanes);

    if (lanes == NULL)
        return 0;
    picture->lanes = lanes;
    lanes[picture->lane_count] = (struct sw_picture_lane){
        .kind = kind, .name = sw_picture_text(picture, name), .parent = parent};
    return picture->lane_count++;
}

struct sw_picture_mark *sw_picture_add_mark(struct sw_picture *picture)
{
    static struct sw_picture_mark nowhere; /* without memory, so that a caller need not look */
    struct sw_picture_mark *marks = make_room(picture, picture->marks, picture->mark_count,
                                              &picture->store->mark_room, sizeof *marks);

    if (marks == NULL)
        return &nowhere;
    picture->marks = marks;
    memset(&marks[picture->mark_count], 0, sizeof *marks);
    return &marks[picture->mark_count++];
}

void sw_picture_add_odds(struct sw_picture *picture, struct sw_picture_odds odds)
{
    struct sw_picture_odds *list = make_room(picture, picture->odds, picture->odds_count,
                                             &picture->store->odds_room, sizeof *list);

    if (list == NULL)
        return;
    picture->odds = list;
    list[picture->odds_count++] = odds;
}

uint32_t sw_picture_thread_of(const struct sw_picture *picture, uint32_t lane)
{
    uint32_t parent = picture->lanes[lane].parent;

    return parent != 0 && parent <= picture->lane_count ? parent - 1 : lane;
}

int sw_picture_rank(const struct sw_picture_mark *mark)
{
    int rank = sw_picture_looks[mark->kind].rank;

    if ((mark->flags & ~SW_PICTURE_DULL) != 0 && rank < 2)
        return 2;
    return mark->flags & SW_PICTURE_DULL && rank < 2 ? 0 : rank;
}

/* ---- the layout ---- */

static uint32_t add_span(struct sw_picture *picture, enum sw_picture_span_kind kind, uint32_t lane,
                         uint32_t by, uint32_t from)
{
    struct sw_picture_span *spans = make_room(picture, picture->spans, picture->span_count,
                                              &picture->store->span_room, sizeof *spans);

    if (spans == NULL)
        return 0;
    picture->spans = spans;
    spans[picture->span_count] = (struct sw_picture_span){
        .kind = kind, .lane = lane, .by = by, .from = from, .to = picture->mark_count};
    return ++picture->span_count;
}

/* Ends the span that is open there, if there is one; open: 1 + its number. */
static void end_span(struct sw_picture *picture, uint32_t *open, uint32_t at)
{
    if (*open != 0)
        picture->spans[*open - 1].to = at;
    *open = 0;
}

/* It waits until it does something; that others run meanwhile (RUN) is a part of it, and so is what
 * the wait for a condition begins with. */
static void lay_out_wait(struct sw_picture *picture, uint32_t *open, uint32_t at)
{
    const struct sw_picture_mark *mark = &picture->marks[at];
    int begins = mark->kind == SW_TIMELINE_BLOCK || mark->kind == SW_TIMELINE_WAIT;

    if (begins && *open == 0)
        *open = add_span(picture, SW_PICTURE_SPAN_WAITS, mark->lane, mark->object, at);
    else if (!begins && mark->kind != SW_TIMELINE_RUN)
        end_span(picture, open, at);
}

/* Of each lane 1 + the number of the span that is open; of an object, held; of a thread, waits. */
static void lay_out_mark(struct sw_picture *picture, uint32_t *open, uint32_t at, uint32_t *running)
{
    const struct sw_picture_mark *mark = &picture->marks[at];
    uint32_t thread = sw_picture_thread_of(picture, mark->lane), object = mark->object;

    /* A thread runs until another one does something: in between nobody else does. */
    if (*running == 0 || picture->spans[*running - 1].lane != thread ||
        picture->spans[*running - 1].by != mark->lane + 1) {
        end_span(picture, running, at);
        *running = add_span(picture, SW_PICTURE_SPAN_RUNS, thread, mark->lane + 1, at);
    }
    lay_out_wait(picture, &open[mark->lane], at);
    /* A lock that is taken again by who has it is one span: the first unlock ends it, since the
     * marks do not say how often it was taken. */
    if (object != 0 && mark->kind == SW_TIMELINE_UNLOCK)
        end_span(picture, &open[object - 1], at);
    if (object != 0 && mark->kind == SW_TIMELINE_LOCK && open[object - 1] == 0)
        open[object - 1] = add_span(picture, SW_PICTURE_SPAN_HELD, object - 1, mark->lane + 1, at);
}

/* What is wrong in a mark is left out, since the picture is of use without it.  Nothing stands at a
 * lane that is none: without a single lane there are no marks. */
static void mend_marks(struct sw_picture *picture)
{
    if (picture->lane_count == 0)
        picture->mark_count = 0;
    for (uint32_t i = 0; i < picture->mark_count; i++) {
        struct sw_picture_mark *mark = &picture->marks[i];
        if (mark->lane >= picture->lane_count)
            mark->lane = 0;
        if (mark->object > picture->lane_count)
            mark->object = 0;
        if (mark->partner > i)
            mark->partner = 0;
        if (mark->kind >= SW_TIMELINE_KIND_COUNT)
            mark->kind = SW_TIMELINE_EVENT;
    }
    if (picture->failure > picture->mark_count)
        picture->failure = 0;
}

/* A lock that nobody had, and that is released with nothing in between. */
static int is_at_once(const struct sw_picture *picture, uint32_t at)
{
    const struct sw_picture_mark *lock = &picture->marks[at], *unlock = lock + 1;

    return at + 1 < picture->mark_count && lock->kind == SW_TIMELINE_LOCK && lock->partner == 0 &&
           unlock->kind == SW_TIMELINE_UNLOCK && unlock->lane == lock->lane &&
           unlock->object == lock->object;
}

/* users: of each lane, 1 + the only thread of the program that has touched it, or UINT32_MAX; 0:
 * none has, so that it is the library's alone. */
static void find_dull_lanes(struct sw_picture *picture, uint32_t *users)
{
    for (uint32_t i = 0; i < picture->mark_count; i++) {
        const struct sw_picture_mark *mark = &picture->marks[i];
        uint32_t thread = 1 + sw_picture_thread_of(picture, mark->lane);
        if (mark->object == 0 || (mark->flags & ~SW_PICTURE_ALONE) == SW_PICTURE_IN_LIBRARY)
            continue;
        uint32_t *user = &users[mark->object - 1];
        *user = (mark->flags & ~SW_PICTURE_DULL) != 0 || (*user != 0 && *user != thread)
                    ? UINT32_MAX
                    : thread;
    }
    for (uint32_t i = 0; i < picture->lane_count; i++)
        picture->lanes[i].is_dull =
            picture->lanes[i].kind > SW_PICTURE_LANE_TASKLET && users[i] != UINT32_MAX;
    for (uint32_t i = 0; i < picture->mark_count; i++) {
        struct sw_picture_mark *mark = &picture->marks[i];
        mark->flags &= (uint16_t)~SW_PICTURE_ALONE;
        if ((mark->object != 0 && picture->lanes[mark->object - 1].is_dull) ||
            is_at_once(picture, i) || (i > 0 && is_at_once(picture, i - 1)))
            mark->flags |= SW_PICTURE_ALONE;
    }
}

/* Each thread with its tasklets below it, then locks, channels, objects. */
static void order_lanes(struct sw_picture *picture)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < picture->lane_count; i++) {
        if (picture->lanes[i].kind != SW_PICTURE_LANE_THREAD)
            continue;
        picture->order[count++] = i;
        for (uint32_t j = 0; j < picture->lane_count; j++)
            if (picture->lanes[j].kind == SW_PICTURE_LANE_TASKLET &&
                picture->lanes[j].parent == i + 1)
                picture->order[count++] = j;
    }
    for (int kind = SW_PICTURE_LANE_TASKLET; kind < SW_PICTURE_LANE_COUNT; kind++)
        for (uint32_t i = 0; i < picture->lane_count; i++)
            if ((int)picture->lanes[i].kind == kind &&
                (kind != SW_PICTURE_LANE_TASKLET || picture->lanes[i].parent == 0))
                picture->order[count++] = i;
}

/* A tasklet's parent is a thread, or none. */
static void mend_lanes(struct sw_picture *picture)
{
    for (uint32_t i = 0; i < picture->lane_count; i++) {
        struct sw_picture_lane *lane = &picture->lanes[i];
        if (lane->kind != SW_PICTURE_LANE_TASKLET || lane->parent > picture->lane_count ||
            (lane->parent != 0 && picture->lanes[lane->parent - 1].kind != SW_PICTURE_LANE_THREAD))
            lane->parent = 0;
    }
}

int sw_picture_lay_out(struct sw_picture *picture)
{
    uint32_t running = 0;
    uint32_t *open = calloc(picture->lane_count + 1, sizeof *open),
             *users = calloc(picture->lane_count + 1, sizeof *users);

    free(picture->order);
    picture->order = calloc(picture->lane_count + 1, sizeof *picture->order);
    picture->span_count = 0;
    if (open == NULL || users == NULL || picture->order == NULL)
        picture->failed = 1;
    if (!picture->failed) {
        mend_lanes(picture);
        mend_marks(picture);
        order_lanes(picture);
        find_dull_lanes(picture, users);
    }
    for (uint32_t i = 0; i < picture->mark_count && !picture->failed; i++)
        lay_out_mark(picture, open, i, &running);
    free(open);
    free(users);
    return picture->failed ? -1 : 0;
}
