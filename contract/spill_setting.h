/* SPDX-License-Identifier: MIT
 *
 * spill_setting.h - the text of SLP_SPILL: when a C stack is spilled, and how.
 *
 *      setting = amount [ "," policy ]
 *      amount  = BYTES | "always" | "never" | "default"
 *      policy  = "copy" | "segment"
 *      BYTES   = a digit from 1 to 9, and more digits; at most PTRDIFF_MAX
 *
 * The interpreter reads it from its environment, a spec has it behind the word
 * `spill`, a recorded schedule in its line `spill`, and the commands take it as
 * --spill.  All of them ask slp_spill_setting_parse(), so that a setting which
 * one of them writes is one that the next can read.
 *
 * Every setting has one spelling.  So a number has no sign and does not begin
 * with 0: `0` could be read as "always" and as "never", and `007` may have been
 * meant as octal.  There are no blanks; a spec may have some around the comma,
 * as around each of its tokens, and leaves them out of the setting.  A number
 * may be larger than any stack is (such a stack is spilled at half its size),
 * but not larger than an object can be: it is also a Python int, a Py_ssize_t,
 * in what stackless.spill() returns.
 *
 * The functions are here and not in a .c file because the interpreter, which
 * must stay small, links nothing else of this folder.
 */
#ifndef SLP_SPILL_SETTING_H
#define SLP_SPILL_SETTING_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum slp_spill_policy { SLP_SPILL_COPY, SLP_SPILL_SEGMENT };

/* No number of bytes that a text can name. */
#define SLP_SPILL_ALWAYS ((size_t)0)
#define SLP_SPILL_NEVER SIZE_MAX
/* Half of each thread's stack, 1 MiB at the most. */
#define SLP_SPILL_DEFAULT (SIZE_MAX - 1)
#define SLP_SPILL_BYTES_MAX ((size_t)PTRDIFF_MAX)

struct slp_spill_setting {
    /* Of C stack in use, 1 to SLP_SPILL_BYTES_MAX; or one of the three values above. */
    size_t bytes;
    enum slp_spill_policy policy;
};

/* What is said of a text that is refused: "%s: '%s' " SLP_SPILL_SETTING_REFUSED. */
#define SLP_SPILL_SETTING_REFUSED \
    "is not a number of bytes, always, never or default, with ,copy or ,segment behind it"

/* 0, or -1 and *bytes is as it was. */
static inline int slp_spill_setting_parse_digits(const char *text, size_t length, size_t *bytes)
{
    size_t number = 0;

    if (length == 0 || text[0] == '0')
        return -1;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        size_t digit = (size_t)(text[i] - '0');
        /* number * 10 + digit would be more, said without computing it */
        if (number > (SLP_SPILL_BYTES_MAX - digit) / 10)
            return -1;
        number = number * 10 + digit;
    }
    *bytes = number;
    return 0;
}

static inline int slp_spill_setting_parse_amount(const char *text, size_t length, size_t *bytes)
{
    static const struct {
        const char *word;
        size_t bytes;
    } words[] = {
        {"always", SLP_SPILL_ALWAYS}, {"never", SLP_SPILL_NEVER}, {"default", SLP_SPILL_DEFAULT}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].word) == length && memcmp(words[i].word, text, length) == 0) {
            *bytes = words[i].bytes;
            return 0;
        }
    }
    return slp_spill_setting_parse_digits(text, length, bytes);
}

static inline int slp_spill_setting_parse_policy(const char *text, enum slp_spill_policy *policy)
{
    if (strcmp(text, "copy") != 0 && strcmp(text, "segment") != 0)
        return -1;
    *policy = text[0] == 'c' ? SLP_SPILL_COPY : SLP_SPILL_SEGMENT;
    return 0;
}

/* A text without a policy leaves setting->policy as it was.  NULL, or where in
 * the text the part begins that is refused: its first byte, or the policy; then
 * *setting is as it was. */
static inline const char *slp_spill_setting_parse(const char *text,
                                                  struct slp_spill_setting *setting)
{
    struct slp_spill_setting parsed = *setting;
    size_t length = strcspn(text, ",");
    const char *policy = text[length] == ',' ? text + length + 1 : NULL;

    if (slp_spill_setting_parse_amount(text, length, &parsed.bytes) < 0)
        return text;
    if (policy != NULL && slp_spill_setting_parse_policy(policy, &parsed.policy) < 0)
        return policy;
    *setting = parsed;
    return NULL;
}

#endif
