/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "contract/points.h"
#include "spec_internal.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Counted when it is opened, before it has a move: the one being read is the last. */
static struct sw_spec_schedule *current_schedule(struct sw_spec_parser *parser)
{
    assert(parser->schedule_open && parser->spec->schedule_count > 0);
    return &parser->spec->schedules[parser->spec->schedule_count - 1];
}

static int refuse_second_schedule(struct sw_spec_parser *parser, const struct sw_spec_token *name)
{
    const struct sw_spec *spec = parser->spec;

    for (int i = 0; i < spec->schedule_count; i++) {
        if (sw_spec_lex_token_is(name, spec->schedules[i].name))
            return sw_spec_lex_refuse(&parser->lexer, name->at,
                                      "a second schedule %s; the first is in line %u",
                                      SW_QUOTE_TOKEN(name), spec->schedules[i].line);
    }
    return 0;
}

int sw_spec_schedule_open(struct sw_spec_parser *parser)
{
    struct sw_spec *spec = parser->spec;
    struct sw_spec_schedule *schedule = &spec->schedules[spec->schedule_count];
    struct sw_spec_token name;

    assert(!parser->schedule_open);
    if (sw_spec_clause_name(parser, "the schedule's name", &name) < 0)
        return -1;
    if (refuse_second_schedule(parser, &name) < 0)
        return -1;
    if (spec->schedule_count == SW_SPEC_SCHEDULES_MAX)
        return sw_spec_lex_refuse(&parser->lexer, name.at, "more than %d schedules",
                                  SW_SPEC_SCHEDULES_MAX);
    schedule->name = sw_spec_clause_copy(parser, &name);
    if (schedule->name == NULL)
        return -1;
    schedule->line = parser->lexer.line;
    spec->schedule_count++;
    parser->schedule_at = name.at;
    parser->schedule_open = 1;
    sw_spec_check_schedule(&parser->check);
    return sw_spec_clause_end(parser);
}

/* ---- parts of a move ---- */

static int parse_step(struct sw_spec_parser *parser, int *step, struct sw_spec_token *token)
{
    const struct sw_spec *spec = parser->spec;
    const char *names[SW_STEPS_MAX];

    for (int i = 0; i < spec->step_count; i++)
        names[i] = spec->steps[i].name;
    *step =
        sw_spec_clause_choice(parser, "the name of a step", "step", names, spec->step_count, token);
    return *step < 0 ? -1 : 0;
}

/* "#" and a number from 1, right behind the name of a point. */
static int parse_visit(struct sw_spec_parser *parser, const struct sw_spec_token *name,
                       uint32_t *nth)
{
    struct sw_spec_lexer *lexer = &parser->lexer;
    struct sw_spec_token hash = sw_spec_lex_next(lexer), number;

    if (hash.kind != SW_TOKEN_HASH)
        return sw_spec_lex_refuse(lexer, name->at + name->length,
                                  "expected '#' and the number of the visit right after %s",
                                  SW_QUOTE_TOKEN(name));
    number = sw_spec_lex_next(lexer);
    if (number.at != hash.at + 1 || number.kind != SW_TOKEN_WORD ||
        sw_spec_clause_number(number.at, number.length, nth) < 0 || number.at[0] == '0')
        return sw_spec_lex_refuse(
            lexer, number.at,
            "expected the number of a visit, from 1, right after '#' but found %s",
            SW_QUOTE_TOKEN(&number));
    return 0;
}

/* POINT#N, without blanks: a "#" after a blank is a comment. */
static int parse_point(struct sw_spec_parser *parser, struct sw_plan_directive *directive,
                       struct sw_spec_token *name)
{
    /* All of them for the message: it guesses which was meant. */
    const char *names[SLP_POINT_COUNT];

    for (int i = 0; i < SLP_POINT_COUNT; i++)
        names[i] = sw_spec_point_name(i);
    int point =
        sw_spec_clause_choice(parser, "the name of a point", "point", names, SLP_POINT_COUNT, name);
    if (point < 0)
        return -1;
    directive->point = (uint32_t)point;
    return parse_visit(parser, name, &directive->nth);
}

/* "until" POINT#N, or KIND "at" POINT#N. */
static int read_directive(struct sw_spec_parser *parser, struct sw_spec_move *move)
{
    /* The first word; all but "until" go on with "at". */
    static const char *const kinds[SW_DIRECTIVE_COUNT] = {"until", "spill", "gc", "fail",
                                                          "kill",  "throw", "end"};
    struct sw_spec_lexer *lexer = &parser->lexer;
    struct sw_plan_directive directive = {0, 0, 0};
    struct sw_spec_token word, point;

    int kind = sw_spec_clause_choice(parser, "':' or a directive", "directive", kinds,
                                     COUNT_OF(kinds), &word);
    if (kind < 0)
        return -1;
    directive.kind = (uint32_t)kind;
    if (directive.kind != SW_UNTIL && sw_spec_clause_this(parser, "at") < 0)
        return -1;
    if (parse_point(parser, &directive, &point) < 0)
        return -1;
    if (move->directive_count == SW_DIRECTIVES_MAX)
        return sw_spec_lex_refuse(lexer, word.at, "more than %d directives in a move",
                                  SW_DIRECTIVES_MAX);
    /* Two places, since two things can be wrong: the directive, and what its point allows. */
    if (sw_spec_check_directive(&parser->check, move, &directive, word.at, point.at) < 0)
        return -1;
    move->directives[move->directive_count++] = directive;
    return 0;
}

/* A channel is called after a variable of the spec, or "channel#N" when none holds it. */
static int is_object(const char *at, size_t length)
{
    static const char unnamed[] = "channel#";
    const size_t prefix = sizeof unnamed - 1;
    uint32_t number;

    if (length > prefix && memcmp(at, unnamed, prefix) == 0)
        return at[prefix] != '0' &&
               sw_spec_clause_number(at + prefix, length - prefix, &number) == 0;
    return sw_spec_clause_is_identifier(at, length);
}

/* OBJECT.OPERATION, without blanks.  "#" is a token of its own, so the word ends before that of
 * "channel#1.send": what follows without a blank belongs to it. */
static int parse_operation(struct sw_spec_parser *parser, struct sw_spec_token *whole)
{
    struct sw_spec_token more;

    if (sw_spec_clause_word(parser, "what it blocks in, like ch.receive", whole) < 0)
        return -1;
    while ((more = sw_spec_lex_peek(&parser->lexer)).at == whole->at + whole->length &&
           (more.kind == SW_TOKEN_HASH || more.kind == SW_TOKEN_WORD))
        whole->length += sw_spec_lex_next(&parser->lexer).length;
    return 0;
}

/* What stands before the last dot, and behind it.  Without a dot the object is empty. */
static void split_operation(const struct sw_spec_token *whole, struct sw_spec_token *object,
                            struct sw_spec_token *operation)
{
    *object = *operation = *whole;
    while (object->length > 0 && whole->at[object->length - 1] != '.')
        object->length--;
    operation->at += object->length;
    operation->length -= object->length;
    object->length -= object->length > 0; /* the dot */
}

static int read_what_blocks(struct sw_spec_parser *parser, struct sw_outcome *outcome)
{
    static const char *const operations[] = {"send", "receive"};
    struct sw_spec_lexer *lexer = &parser->lexer;
    struct sw_spec_token token, object, operation;

    if (parse_operation(parser, &token) < 0)
        return -1;
    split_operation(&token, &object, &operation);
    if (!is_object(object.at, object.length))
        return sw_spec_lex_refuse(lexer, token.at,
                                  "expected a channel and its operation, like ch.receive or "
                                  "channel#1.send, but found %s",
                                  SW_QUOTE_TOKEN(&token));
    if (object.length > SW_SPEC_NAME_MAX)
        return sw_spec_lex_refuse(lexer, token.at, "name %s is longer than %d characters",
                                  SW_QUOTE_TOKEN(&object), SW_SPEC_NAME_MAX);
    if (!sw_spec_lex_token_is(&operation, operations[0]) &&
        !sw_spec_lex_token_is(&operation, operations[1]))
        return sw_spec_clause_unknown(parser, "operation", &operation, operations,
                                      COUNT_OF(operations));
    outcome->name = sw_spec_clause_copy(parser, &object);
    outcome->operation = sw_spec_clause_copy(parser, &operation);
    return outcome->name != NULL && outcome->operation != NULL ? 0 : -1;
}

/* OUTCOME [ NAME ].  The check hears of it here and not at the end of the move: what a wake may say
 * depends on it. */
static int read_outcome(struct sw_spec_parser *parser, int step, struct sw_outcome *outcome)
{
    static const char *const kinds[] = {[SW_OUT_DONE] = "done",
                                        [SW_OUT_PARKED] = "parked",
                                        [SW_OUT_BLOCKS] = "blocks",
                                        [SW_OUT_RAISES] = "raises",
                                        [SW_OUT_PAUSES] = "pauses"};
    struct sw_spec_token word, name;
    int kind =
        sw_spec_clause_choice(parser, "an outcome", "outcome", kinds, COUNT_OF(kinds), &word);

    *outcome = (struct sw_outcome){SW_OUT_DONE, NULL, NULL};
    if (kind < 0)
        return -1;
    outcome->kind = (enum sw_outcome_kind)kind;
    if (kind == SW_OUT_BLOCKS && read_what_blocks(parser, outcome) < 0)
        return -1;
    /* The type's name as the transcript has it, without its module: one word. */
    if (kind == SW_OUT_RAISES) {
        if (sw_spec_clause_identifier(parser, "the type of an exception", &name) < 0)
            return -1;
        outcome->name = sw_spec_clause_copy(parser, &name);
        if (outcome->name == NULL)
            return -1;
    }
    return sw_spec_check_outcome(&parser->check, step, outcome, word.at);
}

/* "wakes" STEP ":" OUTCOME.  comma: what stood before it. */
static int read_wake(struct sw_spec_parser *parser, struct sw_spec_move *move,
                     const struct sw_spec_token *comma)
{
    struct sw_spec_wake *wake = &parser->wakes[move->wake_count];
    struct sw_spec_token step;

    if (sw_spec_clause_this(parser, "wakes") < 0)
        return -1;
    if (move->wake_count == SW_SPEC_WAKES_MAX)
        return sw_spec_lex_refuse(&parser->lexer, comma->at, "more than %d wakes in a move",
                                  SW_SPEC_WAKES_MAX);
    if (parse_step(parser, &wake->step, &step) < 0 ||
        sw_spec_check_wake(&parser->check, wake->step, step.at) < 0 ||
        sw_spec_clause_this(parser, ":") < 0 ||
        read_outcome(parser, wake->step, &wake->outcome) < 0)
        return -1;
    move->wake_count++;
    return 0;
}

/* { "," WAKE }, to the end of the line.  They are gathered in the parser and copied to their size
 * when the move is whole. */
static int read_wakes(struct sw_spec_parser *parser, struct sw_spec_move *move)
{
    struct sw_spec_token token;

    while ((token = sw_spec_lex_next(&parser->lexer)).kind != SW_TOKEN_END) {
        if (token.kind != SW_TOKEN_COMMA)
            return sw_spec_lex_refuse(&parser->lexer, token.at,
                                      "expected ',' or the end of the line but found %s",
                                      SW_QUOTE_TOKEN(&token));
        if (read_wake(parser, move, &token) < 0)
            return -1;
    }
    return 0;
}

/* ---- a move, and the end ---- */

static int keep_wakes(struct sw_spec_parser *parser, struct sw_spec_move *move)
{
    size_t size = (size_t)move->wake_count * sizeof *move->wakes;

    if (size == 0)
        return 0;
    move->wakes = sw_spec_alloc(parser->owner, size);
    if (move->wakes == NULL)
        return sw_spec_clause_no_memory(parser);
    memcpy(move->wakes, parser->wakes, size);
    return 0;
}

/* STEP { DIRECTIVE } ":" OUTCOME WAKES. */
static int read_move(struct sw_spec_parser *parser, struct sw_spec_move *move)
{
    struct sw_spec_token token;

    if (parse_step(parser, &move->step, &token) < 0 ||
        sw_spec_check_move(&parser->check, move->step, token.at, &move->resume) < 0)
        return -1;
    while (sw_spec_lex_peek(&parser->lexer).kind != SW_TOKEN_COLON) {
        if (read_directive(parser, move) < 0)
            return -1;
    }
    sw_spec_lex_next(&parser->lexer);
    if (read_outcome(parser, move->step, &move->outcome) < 0 || read_wakes(parser, move) < 0)
        return -1;
    return keep_wakes(parser, move);
}

/* The move is in a table at its limit, one for all schedules, of which sw_spec_schedule_close()
 * copies what is used.  So another schedule may have used its place. */
int sw_spec_schedule_move(struct sw_spec_parser *parser)
{
    struct sw_spec_schedule *schedule = current_schedule(parser);
    struct sw_spec_move *move = &parser->moves[schedule->move_count];

    if (schedule->move_count == SW_MOVES_MAX)
        return sw_spec_lex_refuse(&parser->lexer, sw_spec_lex_peek(&parser->lexer).at,
                                  "more than %d moves in a schedule", SW_MOVES_MAX);
    memset(move, 0, sizeof *move);
    move->line = parser->lexer.line;
    if (read_move(parser, move) < 0)
        return -1;
    sw_spec_check_move_end(&parser->check);
    schedule->move_count++;
    return 0;
}

/* Only now is it known that all moves were there: who is left behind, and which move is whose
 * last. */
int sw_spec_schedule_close(struct sw_spec_parser *parser)
{
    struct sw_spec_schedule *schedule = current_schedule(parser);
    size_t size = (size_t)schedule->move_count * sizeof *schedule->moves;

    parser->schedule_open = 0;
    if (schedule->move_count == 0)
        return sw_spec_lex_refuse(&parser->lexer, parser->schedule_at,
                                  "the schedule '%s' has no move", schedule->name);
    schedule->moves = sw_spec_alloc(parser->owner, size);
    if (schedule->moves == NULL)
        return sw_spec_clause_no_memory(parser);
    memcpy(schedule->moves, parser->moves, size);
    return sw_spec_check_schedule_end(&parser->check, schedule);
}
