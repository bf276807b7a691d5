/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "spec_internal.h"

int sw_spec_clause_no_memory(struct sw_spec_parser *parser)
{
    return sw_error_set(parser->lexer.error, parser->lexer.path, 0, 0, "out of memory");
}

/* What every line ends with, so that nothing on it is passed over. */
int sw_spec_clause_end(struct sw_spec_parser *parser)
{
    struct sw_spec_token token = sw_spec_lex_next(&parser->lexer);

    if (token.kind == SW_TOKEN_END)
        return 0;
    return sw_spec_lex_refuse(&parser->lexer, token.at, "expected the end of the line but found %s",
                              SW_QUOTE_TOKEN(&token));
}

int sw_spec_clause_word(struct sw_spec_parser *parser, const char *what,
                        struct sw_spec_token *token)
{
    *token = sw_spec_lex_next(&parser->lexer);
    if (token->kind == SW_TOKEN_WORD)
        return 0;
    return sw_spec_lex_refuse(&parser->lexer, token->at, "expected %s but found %s", what,
                              SW_QUOTE_TOKEN(token));
}

/* By its text and not by its kind: a sign is a token, too. */
int sw_spec_clause_this(struct sw_spec_parser *parser, const char *what)
{
    struct sw_spec_token token = sw_spec_lex_next(&parser->lexer);

    if (token.length == strlen(what) && memcmp(token.at, what, token.length) == 0)
        return 0;
    return sw_spec_lex_refuse(&parser->lexer, token.at, "expected '%s' but found %s", what,
                              SW_QUOTE_TOKEN(&token));
}

/* ASCII only, whatever the locale is. */
static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_name(const char *at, size_t length, int hyphens)
{
    if (length == 0 || !is_letter(at[0]))
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (!is_letter(at[i]) && !is_digit(at[i]) && !(hyphens && at[i] == '-'))
            return 0;
    }
    return 1;
}

int sw_spec_clause_is_identifier(const char *at, size_t length)
{
    return is_name(at, length, 0);
}

/* Two messages, since there are two reasons: a name that Python code must be able to say follows
 * Python's rules, and all others may have a hyphen. */
static int parse_any_name(struct sw_spec_parser *parser, const char *what, int hyphens,
                          struct sw_spec_token *token)
{
    if (sw_spec_clause_word(parser, what, token) < 0)
        return -1;
    if (!is_name(token->at, token->length, hyphens))
        return sw_spec_lex_refuse(&parser->lexer, token->at, "expected %s but found %s; %s", what,
                                  SW_QUOTE_TOKEN(token),
                                  hyphens ? "a name is made of letters, digits, '_' and '-', and "
                                            "begins with a letter or '_'"
                                          : "this has to be a Python identifier in ASCII");
    if (token->length > SW_SPEC_NAME_MAX)
        return sw_spec_lex_refuse(&parser->lexer, token->at, "name %s is longer than %d characters",
                                  SW_QUOTE_TOKEN(token), SW_SPEC_NAME_MAX);
    return 0;
}

int sw_spec_clause_name(struct sw_spec_parser *parser, const char *what,
                        struct sw_spec_token *token)
{
    return parse_any_name(parser, what, 1, token);
}

int sw_spec_clause_identifier(struct sw_spec_parser *parser, const char *what,
                              struct sw_spec_token *token)
{
    return parse_any_name(parser, what, 0, token);
}

char *sw_spec_clause_copy(struct sw_spec_parser *parser, const struct sw_spec_token *token)
{
    /* Zeroed: the NUL is there already. */
    char *copy = sw_spec_alloc(parser->owner, token->length + 1);

    if (copy == NULL)
        sw_spec_clause_no_memory(parser);
    else
        memcpy(copy, token->at, token->length);
    return copy;
}

int sw_spec_clause_number(const char *at, size_t length, uint32_t *out)
{
    uint64_t number = 0;

    if (length == 0)
        return -1;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(at[i]))
            return -1;
        /* Below 2 ** 32 before, so 64 bits are enough for one digit more. */
        number = number * 10 + (uint64_t)(at[i] - '0');
        if (number > UINT32_MAX)
            return -1;
    }
    *out = (uint32_t)number;
    return 0;
}

/* "; there are 'a', 'b'", where they are few enough to be read; else an empty text. */
static const char *list_all(const char *const *candidates, int count, char *buf, size_t size)
{
    enum { READABLE = 32 };
    size_t used = 0;

    buf[0] = '\0';
    for (int i = 0; i < count && count <= READABLE && used < size; i++)
        used += (size_t)snprintf(buf + used, size - used, "%s'%s'", i == 0 ? "; there are " : ", ",
                                 candidates[i]);
    return buf;
}

int sw_spec_clause_unknown(struct sw_spec_parser *parser, const char *what,
                           const struct sw_spec_token *token, const char *const *candidates,
                           int count)
{
    char word[SW_SPEC_NAME_MAX], all[512];
    const char *nearest = NULL;

    /* A longer word is like no name: there is none of more than SW_SPEC_NAME_MAX bytes. */
    if (token->length < sizeof word) {
        memcpy(word, token->at, token->length);
        word[token->length] = '\0';
        nearest = sw_error_nearest(word, candidates, count);
    }
    if (nearest == NULL)
        return sw_spec_lex_refuse(&parser->lexer, token->at, "unknown %s %s%s", what,
                                  SW_QUOTE_TOKEN(token),
                                  list_all(candidates, count, all, sizeof all));
    return sw_spec_lex_refuse(&parser->lexer, token->at, "unknown %s %s; did you mean '%s'?", what,
                              SW_QUOTE_TOKEN(token), nearest);
}

int sw_spec_clause_choice(struct sw_spec_parser *parser, const char *expected, const char *what,
                          const char *const *names, int count, struct sw_spec_token *token)
{
    if (sw_spec_clause_word(parser, expected, token) < 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (sw_spec_lex_token_is(token, names[i]))
            return i;
    return sw_spec_clause_unknown(parser, what, token, names, count);
}

int sw_spec_clause_thread(struct sw_spec_parser *parser, int *thread, struct sw_spec_token *token)
{
    uint32_t number;

    if (sw_spec_clause_word(parser, "an OS thread, like T0", token) < 0)
        return -1;
    /* One spelling each: T01 is refused, or it could be taken for another thread than T1. */
    if (token->at[0] != 'T' || (token->length > 2 && token->at[1] == '0') ||
        sw_spec_clause_number(token->at + 1, token->length - 1, &number) < 0 ||
        number >= SW_THREADS_MAX)
        return sw_spec_lex_refuse(&parser->lexer, token->at,
                                  "unknown OS thread %s; there are T0, the main one, to T%d",
                                  SW_QUOTE_TOKEN(token), SW_THREADS_MAX - 1);
    *thread = (int)number;
    return 0;
}
