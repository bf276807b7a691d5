/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "contract/spill_setting.h"
#include "spec_internal.h"
#include "spec_need.h"

int sw_spec_header_requires(struct sw_spec_parser *parser, const struct sw_spec_token *keyword)
{
    uint32_t *needs = &parser->spec->needs;
    struct sw_spec_token token;

    if (parser->has_requires)
        return sw_spec_lex_refuse(&parser->lexer, keyword->at, "a second 'requires'");
    parser->has_requires = 1;
    do {
        int i = sw_spec_clause_choice(parser, "a need, like 'threads',", "need", sw_spec_need_words,
                                      SW_SPEC_NEED_COUNT, &token);

        if (i < 0)
            return -1;
        /* Twice does no harm; but whoever wrote it meant something else the second time. */
        if (*needs & (1u << i))
            return sw_spec_lex_refuse(&parser->lexer, token.at, "need %s twice",
                                      SW_QUOTE_TOKEN(&token));
        *needs |= 1u << i;
    } while (sw_spec_lex_peek(&parser->lexer).kind != SW_TOKEN_END);
    return 0;
}

/* The setting without the blanks that a spec may have around its comma.  NULL: no memory. */
static char *join_setting(struct sw_spec_parser *parser, const struct sw_spec_token *amount,
                          const struct sw_spec_token *policy)
{
    char *text = sw_spec_alloc(parser->owner, amount->length + policy->length + 2);

    if (text != NULL)
        sprintf(text, "%.*s%s%.*s", (int)amount->length, amount->at, policy->length > 0 ? "," : "",
                (int)policy->length, policy->at);
    return text;
}

static int parse_setting(struct sw_spec_parser *parser, struct sw_spec_token *amount,
                         struct sw_spec_token *policy)
{
    if (sw_spec_clause_word(parser, "a number of bytes, 'always', 'never' or 'default'", amount) <
        0)
        return -1;
    if (sw_spec_lex_peek(&parser->lexer).kind != SW_TOKEN_COMMA)
        return 0;
    sw_spec_lex_next(&parser->lexer);
    return sw_spec_clause_word(parser, "'copy' or 'segment'", policy);
}

/* AMOUNT [ , POLICY ]: what these may be is said in contract/spill_setting.h.  A
 * policy means something with "never", too: a directive can ask for a spill. */
int sw_spec_header_spill(struct sw_spec_parser *parser, const struct sw_spec_token *keyword)
{
    struct sw_spec_lexer *lexer = &parser->lexer;
    struct sw_spec_token amount, policy = {SW_TOKEN_WORD, "", 0};
    struct slp_spill_setting setting;
    char *text;

    if (parser->spec->spill != NULL)
        return sw_spec_lex_refuse(lexer, keyword->at, "a second 'spill'");
    if (parse_setting(parser, &amount, &policy) < 0)
        return -1;
    text = join_setting(parser, &amount, &policy);
    if (text == NULL)
        return sw_spec_clause_no_memory(parser);
    const char *bad = slp_spill_setting_parse(text, &setting);
    if (bad != NULL)
        return sw_spec_lex_refuse(lexer, bad == text ? amount.at : policy.at,
                                  "%s " SLP_SPILL_SETTING_REFUSED, SW_QUOTE(text, strlen(text)));
    parser->spec->spill = text;
    return sw_spec_clause_end(parser);
}

static int has_set(const struct sw_fault_set *sets, int count, const struct sw_fault_set *set)
{
    for (int i = 0; i < count; i++) {
        if (sw_fault_set_is_same(&sets[i], set))
            return 1;
    }
    return 0;
}

static int read_fault_set(struct sw_spec_parser *parser, struct sw_fault_set *sets, int *count)
{
    const struct sw_spec *spec = parser->spec;
    const struct sw_spec_lexer *lexer = &parser->lexer;
    char message[SW_FAULT_SET_MESSAGE_MAX];
    struct sw_spec_token token;
    struct sw_fault_set set;
    const char *bad;

    if (sw_spec_clause_word(parser, "the name of a fault", &token) < 0)
        return -1;
    if (sw_fault_set_read(token.at, token.length, &set, &bad, message) < 0)
        return sw_spec_lex_refuse(lexer, bad, "%s", message);
    /* A set has one answer: it cannot be on both lists, nor twice on one. */
    if (has_set(spec->fails, spec->fails_count, &set) ||
        has_set(spec->survives, spec->survives_count, &set))
        return sw_spec_lex_refuse(lexer, token.at, "a second answer for the faults %s",
                                  SW_QUOTE_TOKEN(&token));
    if (*count == SW_SPEC_SETS_MAX)
        return sw_spec_lex_refuse(lexer, token.at, "more than %d sets of faults", SW_SPEC_SETS_MAX);
    sets[(*count)++] = set;
    return 0;
}

/* One set at least, and as many such lines as one likes. */
static int read_fault_sets(struct sw_spec_parser *parser, struct sw_fault_set *sets, int *count)
{
    do {
        if (read_fault_set(parser, sets, count) < 0)
            return -1;
    } while (sw_spec_lex_peek(&parser->lexer).kind != SW_TOKEN_END);
    return 0;
}

int sw_spec_header_fails(struct sw_spec_parser *parser, const struct sw_spec_token *keyword)
{
    (void)keyword;
    return read_fault_sets(parser, parser->spec->fails, &parser->spec->fails_count);
}

int sw_spec_header_survives(struct sw_spec_parser *parser, const struct sw_spec_token *keyword)
{
    (void)keyword;
    return read_fault_sets(parser, parser->spec->survives, &parser->spec->survives_count);
}

/* 256K or 8M, in KiB.  The limits were chosen freely: _thread.stack_size() takes no less than 32
 * KiB, and the interpreter wants some for itself; of 64 MiB, SW_THREADS_MAX = 16 stacks are a
 * GiB. */
static int parse_size(struct sw_spec_parser *parser, uint32_t *size)
{
    const uint32_t least = 128, most = 64 * 1024;
    struct sw_spec_lexer *lexer = &parser->lexer;
    struct sw_spec_token token;

    if (sw_spec_clause_word(parser, "a size, like 256K", &token) < 0)
        return -1;
    char unit = token.at[token.length - 1];
    if ((unit != 'K' && unit != 'M') || sw_spec_clause_number(token.at, token.length - 1, size) < 0)
        return sw_spec_lex_refuse(lexer, token.at, "expected a size, like 256K or 8M, but found %s",
                                  SW_QUOTE_TOKEN(&token));
    /* Refused before it is multiplied: 2 ** 22 M would be 0 K. */
    if (unit == 'M')
        *size = *size > most ? most + 1 : *size * 1024;
    if (*size < least || *size > most)
        return sw_spec_lex_refuse(lexer, token.at, "a stack of %s; it has 128K to 64M",
                                  SW_QUOTE_TOKEN(&token));
    return 0;
}

int sw_spec_header_stack(struct sw_spec_parser *parser, const struct sw_spec_token *keyword)
{
    struct sw_spec_lexer *lexer = &parser->lexer;
    struct sw_spec_token token;
    uint32_t size;
    int thread;

    (void)keyword;
    if (sw_spec_clause_thread(parser, &thread, &token) < 0)
        return -1;
    /* The kernel made it before anybody could ask. */
    if (thread == 0)
        return sw_spec_lex_refuse(lexer, token.at, "the stack of 'T0', the main thread, is given");
    if (parser->stack_at[thread] != NULL)
        return sw_spec_lex_refuse(lexer, token.at, "a second stack for %s", SW_QUOTE_TOKEN(&token));
    parser->stack_at[thread] = token.at;
    if (parse_size(parser, &size) < 0)
        return -1;
    parser->spec->stack_bytes[thread] = size * 1024;
    return sw_spec_clause_end(parser);
}
