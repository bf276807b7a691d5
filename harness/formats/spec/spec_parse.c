/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "spec_internal.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A spec, in the first column but for what is indented below something:
 *
 *      { header line }  [ setup ]  { actor  { step } }  { schedule  { move } }  { condition }
 *
 * This file has the loop over the lines and all of them but the header's (spec_header.c) and those
 * of schedules (spec_schedule.c); what they are made of is in spec_clause.c.  A function that reads a
 * clause leaves the lexer behind it, or has filled in the error and returns -1, which goes up as it
 * is. */

/* Python as it is compiled later, and the line where it begins, so that a traceback names lines of
 * the spec. */
static char *parse_block(struct sw_spec_parser *parser, unsigned *line)
{
    struct sw_spec_block block;
    char *source;

    if (sw_spec_lex_block(&parser->lexer, &block) < 0)
        return NULL;
    /* To dedent makes it no longer. */
    source = sw_spec_alloc(parser->owner, (size_t)(block.end - block.start) + 1);
    if (source == NULL) {
        sw_spec_clause_no_memory(parser);
        return NULL;
    }
    sw_spec_lex_dedent(&block, source);
    *line = block.line;
    return source;
}

/* ---- setup, actors, steps, conditions ---- */

static int read_setup(struct sw_spec_parser *parser, const struct sw_spec_token *keyword)
{
    if (parser->has_setup)
        return sw_spec_lex_refuse(&parser->lexer, keyword->at, "a second 'setup'");
    parser->has_setup = 1;
    parser->spec->setup = parse_block(parser, &parser->spec->setup_line);
    return parser->spec->setup != NULL ? 0 : -1;
}

/* A bare OS thread runs nothing but its one actor: its main tasklet waits at the gate, and not in
 * run(), so that no other tasklet would ever have its turn there. */
static int refuse_mixture(struct sw_spec_parser *parser, const struct sw_spec_actor *actor,
                          const struct sw_spec_token *where)
{
    const struct sw_spec *spec = parser->spec;

    for (int i = 0; i < spec->actor_count; i++) {
        const struct sw_spec_actor *other = &spec->actors[i];

        if (other->thread != actor->thread ||
            (other->kind == SW_ACTOR_TASKLET && actor->kind == SW_ACTOR_TASKLET))
            continue;
        return sw_spec_lex_refuse(
            &parser->lexer, where->at,
            "%s already has the actor '%s' (line %u); a 'thread' actor has its "
            "OS thread for itself",
            SW_QUOTE_TOKEN(where), other->name,
            sw_spec_lex_line_of(&parser->lexer, parser->actor_at[i]));
    }
    return 0;
}

static int read_class(struct sw_spec_parser *parser, struct sw_spec_actor *actor,
                      const struct sw_spec_token *keyword)
{
    struct sw_spec_token name;

    if (actor->kind == SW_ACTOR_THREAD)
        return sw_spec_lex_refuse(&parser->lexer, keyword->at,
                                  "'class' is for tasklets, not for a thread");
    if (sw_spec_clause_identifier(parser, "the name of a class", &name) < 0)
        return -1;
    actor->class_name = sw_spec_clause_copy(parser, &name);
    return actor->class_name != NULL ? 0 : -1;
}

/* [ "class" NAME ] [ "left" "blocked" ], in this order. */
static int read_actor_options(struct sw_spec_parser *parser, struct sw_spec_actor *actor)
{
    static const char *const options[] = {"class", "left"};
    struct sw_spec_lexer *lexer = &parser->lexer;
    struct sw_spec_token token = sw_spec_lex_next(lexer);

    if (sw_spec_lex_token_is(&token, "class")) {
        if (read_class(parser, actor, &token) < 0)
            return -1;
        token = sw_spec_lex_next(lexer);
    }
    if (token.kind == SW_TOKEN_END)
        return 0;
    if (sw_spec_lex_token_is(&token, "left")) {
        actor->left_blocked = 1;
        return sw_spec_clause_this(parser, "blocked") < 0 ? -1 : sw_spec_clause_end(parser);
    }
    /* A second "class" is a word that there is, so "did you mean" would mislead. */
    if (token.kind != SW_TOKEN_WORD || sw_spec_lex_token_is(&token, "class"))
        return sw_spec_lex_refuse(lexer, token.at, "expected the end of the line but found %s",
                                  SW_QUOTE_TOKEN(&token));
    return sw_spec_clause_unknown(parser, "option of an actor", &token, options, COUNT_OF(options));
}

static int refuse_second_actor(struct sw_spec_parser *parser, const struct sw_spec_token *name)
{
    const struct sw_spec *spec = parser->spec;

    for (int i = 0; i < spec->actor_count; i++) {
        if (sw_spec_lex_token_is(name, spec->actors[i].name))
            return sw_spec_lex_refuse(
                &parser->lexer, name->at, "a second actor %s; the first is in line %u",
                SW_QUOTE_TOKEN(name), sw_spec_lex_line_of(&parser->lexer, parser->actor_at[i]));
    }
    return 0;
}

/* NAME "on" THREAD OPTIONS, behind "tasklet" or "thread".  The actor is written at its place in the
 * table at once and counted at the end, so that one that is refused is not there. */
static int read_actor(struct sw_spec_parser *parser, enum sw_actor_kind kind)
{
    struct sw_spec *spec = parser->spec;
    struct sw_spec_actor *actor = &spec->actors[spec->actor_count];
    struct sw_spec_token name, thread;

    if (sw_spec_clause_name(parser, "the actor's name", &name) < 0)
        return -1;
    if (spec->actor_count == SW_ACTORS_MAX)
        return sw_spec_lex_refuse(&parser->lexer, name.at, "more than %d actors", SW_ACTORS_MAX);
    actor->kind = kind;
    if (refuse_second_actor(parser, &name) < 0 || sw_spec_clause_this(parser, "on") < 0 ||
        sw_spec_clause_thread(parser, &actor->thread, &thread) < 0 ||
        refuse_mixture(parser, actor, &thread) < 0 || read_actor_options(parser, actor) < 0)
        return -1;
    actor->name = sw_spec_clause_copy(parser, &name);
    if (actor->name == NULL)
        return -1;
    parser->actor_at[spec->actor_count++] = name.at;
    /* All up to the highest that has an actor are started: one below it may have none. */
    if (actor->thread >= spec->thread_count)
        spec->thread_count = actor->thread + 1;
    return 0;
}

static int read_tasklet(struct sw_spec_parser *parser, const struct sw_spec_token *keyword)
{
    (void)keyword;
    return read_actor(parser, SW_ACTOR_TASKLET);
}

static int read_thread(struct sw_spec_parser *parser, const struct sw_spec_token *keyword)
{
    (void)keyword;
    return read_actor(parser, SW_ACTOR_THREAD);
}

int sw_spec_parse_find_step(const struct sw_spec *spec, const struct sw_spec_token *token)
{
    for (int i = 0; i < spec->step_count; i++) {
        if (sw_spec_lex_token_is(token, spec->steps[i].name))
            return i;
    }
    return -1;
}

static int refuse_second_step(struct sw_spec_parser *parser, const struct sw_spec_token *name)
{
    int first = sw_spec_parse_find_step(parser->spec, name);

    if (first < 0)
        return 0;
    return sw_spec_lex_refuse(&parser->lexer, name->at, "a second step %s; the first is in line %u",
                              SW_QUOTE_TOKEN(name),
                              sw_spec_lex_line_of(&parser->lexer, parser->step_at[first]));
}

/* "step" NAME BLOCK, below the actor that was declared last. */
static int read_step(struct sw_spec_parser *parser)
{
    struct sw_spec *spec = parser->spec;
    struct sw_spec_step *step = &spec->steps[spec->step_count];
    struct sw_spec_token name;

    if (sw_spec_clause_this(parser, "step") < 0 ||
        sw_spec_clause_name(parser, "the step's name", &name) < 0 ||
        refuse_second_step(parser, &name) < 0)
        return -1;
    if (spec->step_count == SW_STEPS_MAX)
        return sw_spec_lex_refuse(&parser->lexer, name.at, "more than %d steps", SW_STEPS_MAX);
    /* A step stands below its actor, so that is the last one; there is one, since the section is
     * that of actors. */
    step->actor = spec->actor_count - 1;
    step->name = sw_spec_clause_copy(parser, &name);
    if (step->name == NULL)
        return -1;
    step->source = parse_block(parser, &step->line);
    if (step->source == NULL)
        return -1;
    parser->actor_steps[step->actor]++;
    parser->step_at[spec->step_count++] = name.at;
    return 0;
}

static int read_schedule(struct sw_spec_parser *parser, const struct sw_spec_token *keyword)
{
    (void)keyword;
    return sw_spec_schedule_open(parser);
}

/* The rest of the line is Python, in which "#" and ":" mean what they mean there; so no token is
 * looked at. */
static int read_condition(struct sw_spec_parser *parser, const struct sw_spec_token *keyword)
{
    struct sw_spec *spec = parser->spec;
    struct sw_spec_condition *condition = &spec->conditions[spec->condition_count];
    struct sw_spec_token expression = sw_spec_lex_rest(&parser->lexer);

    if (expression.kind == SW_TOKEN_END || expression.at[0] == '#')
        return sw_spec_lex_refuse(&parser->lexer, expression.at,
                                  "expected a Python expression after %s", SW_QUOTE_TOKEN(keyword));
    if (spec->condition_count == SW_CONDITIONS_MAX)
        return sw_spec_lex_refuse(&parser->lexer, keyword->at, "more than %d conditions",
                                  SW_CONDITIONS_MAX);
    condition->source = sw_spec_clause_copy(parser, &expression);
    condition->line = parser->lexer.line;
    condition->never = sw_spec_lex_token_is(keyword, "never");
    spec->condition_count++;
    return condition->source != NULL ? 0 : -1;
}

/* ---- the whole ---- */

/* Each begins a line.  The sections have an order, and inside a section the lines have none. */
static const struct {
    const char *name;
    enum sw_spec_section section;
    int (*read)(struct sw_spec_parser *parser, const struct sw_spec_token *keyword);
} keywords[] = {
    {"requires", SW_SPEC_HEADER, sw_spec_header_requires},
    {"spill", SW_SPEC_HEADER, sw_spec_header_spill},
    {"fails", SW_SPEC_HEADER, sw_spec_header_fails},
    {"survives", SW_SPEC_HEADER, sw_spec_header_survives},
    {"stack", SW_SPEC_HEADER, sw_spec_header_stack},
    {"setup", SW_SPEC_SETUP, read_setup},
    {"tasklet", SW_SPEC_ACTORS, read_tasklet},
    {"thread", SW_SPEC_ACTORS, read_thread},
    {"schedule", SW_SPEC_SCHEDULES, read_schedule},
    {"always", SW_SPEC_CONDITIONS, read_condition},
    {"never", SW_SPEC_CONDITIONS, read_condition},
};

static int find_keyword(const struct sw_spec_token *token)
{
    for (int i = 0; i < COUNT_OF(keywords); i++) {
        if (sw_spec_lex_token_is(token, keywords[i].name))
            return i;
    }
    return -1;
}

/* What is probably meant: a line that only misses its indentation is said to be so. */
static int refuse_keyword(struct sw_spec_parser *parser, const struct sw_spec_token *token)
{
    const char *names[COUNT_OF(keywords)];

    if (token->kind != SW_TOKEN_WORD)
        return sw_spec_lex_refuse(&parser->lexer, token->at, "expected a keyword but found %s",
                                  SW_QUOTE_TOKEN(token));
    if (sw_spec_lex_token_is(token, "step"))
        return sw_spec_lex_refuse(&parser->lexer, token->at,
                                  "'step' is indented below the actor that runs it");
    if (sw_spec_parse_find_step(parser->spec, token) >= 0)
        return sw_spec_lex_refuse(&parser->lexer, token->at,
                                  "a move of %s is indented below its schedule",
                                  SW_QUOTE_TOKEN(token));
    for (int i = 0; i < COUNT_OF(keywords); i++)
        names[i] = keywords[i].name;
    return sw_spec_clause_unknown(parser, "keyword", token, names, COUNT_OF(names));
}

static int read_keyword(struct sw_spec_parser *parser)
{
    struct sw_spec_token token = sw_spec_lex_next(&parser->lexer);
    int i = find_keyword(&token);

    if (i < 0)
        return refuse_keyword(parser, &token);
    /* What is below may name what is above, and so everything is known where it is named. */
    if (keywords[i].section < parser->section)
        return sw_spec_lex_refuse(
            &parser->lexer, token.at,
            "%s comes too late; the order is header, setup, actors with their "
            "steps, schedules, conditions",
            SW_QUOTE_TOKEN(&token));
    /* A line in the first column ends the schedule above it. */
    if (parser->schedule_open && sw_spec_schedule_close(parser) < 0)
        return -1;
    parser->section = keywords[i].section;
    return keywords[i].read(parser, &token);
}

static int read_indented(struct sw_spec_parser *parser)
{
    struct sw_spec_token token = sw_spec_lex_peek(&parser->lexer);

    /* A step may be called like a keyword, and then this is a move of it. */
    if (find_keyword(&token) >= 0 && sw_spec_parse_find_step(parser->spec, &token) < 0)
        return sw_spec_lex_refuse(&parser->lexer, token.at, "%s begins in column 1",
                                  SW_QUOTE_TOKEN(&token));
    /* Below an actor a step, below a schedule a move; below all else nothing is indented. */
    if (parser->section == SW_SPEC_ACTORS)
        return read_step(parser);
    if (parser->schedule_open)
        return sw_spec_schedule_move(parser);
    return sw_spec_lex_refuse(
        &parser->lexer, token.at,
        "%s is indented, but only a step below its actor and a move below its "
        "schedule are",
        SW_QUOTE_TOKEN(&token));
}

static int has_actor(const struct sw_spec *spec, int thread)
{
    for (int i = 0; i < spec->actor_count; i++)
        if (spec->actors[i].thread == thread)
            return 1;
    return 0;
}

/* What only the whole file shows.  It is refused although it does no harm: whoever wrote it meant
 * it to be tested, and it is not. */
static int refuse_unused(struct sw_spec_parser *parser)
{
    const struct sw_spec *spec = parser->spec;
    const struct sw_spec_lexer *lexer = &parser->lexer;

    for (int i = 0; i < SW_THREADS_MAX; i++)
        if (parser->stack_at[i] != NULL && !has_actor(spec, i))
            return sw_spec_lex_refuse(lexer, parser->stack_at[i], "no actor is on 'T%d'", i);
    for (int i = 0; i < spec->actor_count; i++) {
        if (parser->actor_steps[i] == 0)
            return sw_spec_lex_refuse(lexer, parser->actor_at[i], "the actor '%s' has no step",
                                      spec->actors[i].name);
    }
    if (spec->schedule_count == 0)
        return sw_spec_lex_refuse(lexer, lexer->end, "the spec ends without a schedule");
    for (int i = 0; i < spec->step_count; i++) {
        if (!parser->check.used[i])
            return sw_spec_lex_refuse(lexer, parser->step_at[i], "no schedule uses the step '%s'",
                                      spec->steps[i].name);
    }
    return 0;
}

/* What a line of comment says; empty for the licence line. */
static struct sw_spec_token text_of_comment(struct sw_spec_token text)
{
    static const char licence[] = "SPDX-License-Identifier:";

    while (text.length > 0 && strchr("# \t", text.at[0]) != NULL) {
        text.at++;
        text.length--;
    }
    if (text.length >= sizeof licence - 1 && memcmp(text.at, licence, sizeof licence - 1) == 0)
        text.length = 0;
    return text;
}

/* The first comment of the file, without the licence line, joined with blanks.  It ends at the
 * first blank line behind any of it, or where something else than a comment stands.  A lexer of its
 * own, so that the parser's begins at the first line. */
static int read_summary(struct sw_spec_parser *parser)
{
    struct sw_spec_lexer lexer = parser->lexer;
    size_t used = 0;
    char *summary = NULL;

    while (sw_spec_lex_line(&lexer)) {
        struct sw_spec_token line = sw_spec_lex_rest(&lexer), text = text_of_comment(line);

        if (line.kind == SW_TOKEN_END ? used > 0 : line.at[0] != '#')
            break;
        if (text.length == 0)
            continue;
        if (summary == NULL) /* room for all the rest: once, and at most the file's size */
            summary = sw_spec_alloc(parser->owner, (size_t)(lexer.end - text.at) + 1);
        if (summary == NULL)
            return sw_spec_clause_no_memory(parser);
        if (used > 0)
            summary[used++] = ' ';
        memcpy(summary + used, text.at, text.length);
        used += text.length;
    }
    if (summary == NULL)
        summary = sw_spec_alloc(parser->owner, 1);
    parser->spec->summary = summary;
    return summary != NULL ? 0 : sw_spec_clause_no_memory(parser);
}

/* Tables at their limits: they are small, nothing has to grow, and pointers into them stay good. */
static int make_tables(struct sw_spec_parser *parser)
{
    struct sw_spec_owner *owner = parser->owner;
    struct sw_spec *spec = parser->spec;

    spec->fails = sw_spec_alloc(owner, SW_SPEC_SETS_MAX * sizeof *spec->fails);
    spec->survives = sw_spec_alloc(owner, SW_SPEC_SETS_MAX * sizeof *spec->survives);
    spec->actors = sw_spec_alloc(owner, SW_ACTORS_MAX * sizeof *spec->actors);
    spec->steps = sw_spec_alloc(owner, SW_STEPS_MAX * sizeof *spec->steps);
    spec->schedules = sw_spec_alloc(owner, SW_SPEC_SCHEDULES_MAX * sizeof *spec->schedules);
    spec->conditions = sw_spec_alloc(owner, SW_CONDITIONS_MAX * sizeof *spec->conditions);
    if (spec->fails == NULL || spec->survives == NULL || spec->actors == NULL ||
        spec->steps == NULL || spec->schedules == NULL || spec->conditions == NULL)
        return sw_spec_clause_no_memory(parser);
    spec->thread_count = 1;
    return 0;
}

/* Last, since NULL tells the reader of a header line that there was none. */
static int set_defaults(struct sw_spec_parser *parser)
{
    static const struct sw_spec_token never = {SW_TOKEN_WORD, "never", 5};
    static const struct sw_spec_token nothing = {SW_TOKEN_WORD, "", 0};
    struct sw_spec *spec = parser->spec;

    if (spec->spill == NULL)
        spec->spill = sw_spec_clause_copy(parser, &never);
    if (spec->spill != NULL && spec->setup == NULL)
        spec->setup = sw_spec_clause_copy(parser, &nothing);
    return spec->spill != NULL && spec->setup != NULL ? 0 : -1;
}

/* The first column decides what a line may be: a keyword there, a step or a move below it.  The
 * first error ends it all: what follows would mostly be its consequence. */
int sw_spec_parse_text(struct sw_spec_parser *parser)
{
    struct sw_spec_lexer *lexer = &parser->lexer;

    if (make_tables(parser) < 0 || read_summary(parser) < 0)
        return -1;
    /* The check reads the tables while they grow: each clause sees what stands above it. */
    parser->check.spec = parser->spec;
    parser->check.lexer = lexer;
    while (sw_spec_lex_line(lexer)) {
        struct sw_spec_token token = sw_spec_lex_peek(lexer);

        if (token.kind == SW_TOKEN_END)
            continue;
        if ((token.at == lexer->line_start ? read_keyword(parser) : read_indented(parser)) < 0)
            return -1;
    }
    if (parser->schedule_open && sw_spec_schedule_close(parser) < 0)
        return -1;
    return refuse_unused(parser) < 0 ? -1 : set_defaults(parser);
}
