/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/words.h"

/* getopt_long() returns this and the option's index, so that it is never taken for a letter. */
enum { KEY_FIRST = 256 };

/* The table in getopt_long()'s two forms; the last key is --help's. */
struct forms {
    struct option names[SW_OPTIONS_MAX + 2];
    char letters[2 * SW_OPTIONS_MAX + 8];
    int help_key;
};

/* ---- settings ---- */

static struct sw_option setting_option(const struct sw_option *all,
                                       const struct sw_settings_row *row)
{
    return (struct sw_option){.kind = SW_OPTION_IS_SETTING,
                              .name = row->option,
                              .letter = (char)row->letter,
                              .argument = row->argument,
                              .offset = all->offset,
                              .help = row->help,
                              .setting = row};
}

void sw_options_expand(const struct sw_option *options, struct sw_option *all)
{
    int count = 0;

    for (; options->help != NULL; options++) {
        if (options->kind != SW_OPTION_ARE_SETTINGS)
            all[count++] = *options;
        for (int i = 0; options->kind == SW_OPTION_ARE_SETTINGS && i < SW_SETTINGS_TABLE_COUNT; i++)
            if (sw_settings_table[i].commands & options->takes_settings)
                all[count++] = setting_option(options, &sw_settings_table[i]);
        assert(count < SW_OPTIONS_MAX);
    }
    all[count] = (struct sw_option){0};
}

/* ---- values ---- */

static int set_number(const struct sw_option *option, void *member, const char *text,
                      struct sw_error *e)
{
    uint64_t number;

    if (sw_words_number(text, option->least, option->most, &number, e) < 0)
        return -1;
    /* An int, an enum and a uint32_t are of one size, and the largest number of an int's row fits in
     * it; so the size alone says how much is to be written. */
    if (option->size == sizeof(uint64_t)) {
        memcpy(member, &number, sizeof number);
    } else {
        uint32_t narrow = (uint32_t)number;
        assert(option->size == sizeof narrow && option->most <= UINT32_MAX);
        memcpy(member, &narrow, sizeof narrow);
    }
    return 0;
}

static int set_word(const struct sw_option *option, int *member, const char *text,
                    struct sw_error *e)
{
    int index = sw_words_choose(option->words, text, e);

    if (index < 0)
        return -1;
    *member = index;
    return 0;
}

static int set_member(const struct sw_option *option, void *member, const char *text,
                      struct sw_error *e)
{
    switch (option->kind) {
    case SW_OPTION_IS_FLAG:
        *(int *)member = 1;
        return 0;
    case SW_OPTION_IS_TEXT:
        *(const char **)member = text;
        return 0;
    case SW_OPTION_IS_NUMBER:
        return set_number(option, member, text, e);
    case SW_OPTION_IS_WORD:
        return set_word(option, member, text, e);
    case SW_OPTION_IS_PARSED:
        return option->parse(member, text, e);
    case SW_OPTION_IS_SETTING:
        return sw_settings_table_give(member, option->setting, text, e);
    case SW_OPTION_IS_HEADING:
    case SW_OPTION_ARE_SETTINGS:
        break;
    }
    abort();
}

/* The name is put before the reason here, so that whoever parses need not know it. */
static enum sw_options_end set(const struct sw_option *option, void *target, const char *text,
                               struct sw_error *e)
{
    struct sw_error why;

    if (set_member(option, (char *)target + option->offset, text, &why) == 0)
        return SW_OPTIONS_READ;
    sw_error_set(e, NULL, 0, 0, "--%s: %s", option->name, why.text);
    return SW_OPTIONS_BAD;
}

/* ---- names ---- */

static void make_forms(const struct sw_option *options, enum sw_options_order order,
                       struct forms *forms)
{
    char *letter = forms->letters;
    int count = 0, i = 0;

    /* getopt_long()'s own marks: "+" ends the options at the first argument, as the options behind
     * a program's name are the program's; ":" tells an argument that is missing from an option that
     * is unknown, by another return value. */
    if (order == SW_OPTIONS_FIRST)
        *letter++ = '+';
    *letter++ = ':';
    for (; options[i].help != NULL; i++) {
        if (options[i].kind == SW_OPTION_IS_HEADING)
            continue;
        int takes = options[i].argument != NULL ? required_argument : no_argument;
        forms->names[count++] = (struct option){options[i].name, takes, NULL, KEY_FIRST + i};
        if (options[i].letter == 0)
            continue;
        *letter++ = options[i].letter;
        if (takes == required_argument)
            *letter++ = ':';
    }
    forms->help_key = KEY_FIRST + i;
    forms->names[count] = (struct option){"help", no_argument, NULL, forms->help_key};
    *letter = 'h';
}

/* What getopt_long() returned, or holds to be at fault; NULL: no option of the table. */
static const struct sw_option *find(const struct sw_option *options, const struct forms *forms,
                                    int key)
{
    if (key >= KEY_FIRST)
        return key == forms->help_key ? NULL : &options[key - KEY_FIRST];
    for (; options->help != NULL; options++)
        if (options->kind != SW_OPTION_IS_HEADING && options->letter == key && key != 0)
            return options;
    return NULL;
}

/* Those that begin so, as "--spill, --schedule".  Returns how many there are. */
static int list_beginnings(const struct forms *forms, const char *word, char *buf, size_t size)
{
    size_t used = 0;
    int count = 0;

    for (const struct option *at = forms->names; at->name != NULL && used < size; at++)
        if (strncmp(at->name, word, strlen(word)) == 0)
            used += (size_t)snprintf(buf + used, size - used, "%s--%s", count++ > 0 ? ", " : "",
                                     at->name);
    return count;
}

/* A long one that is none, or the beginning of several. */
static void refuse_name(const struct forms *forms, const char *word, struct sw_error *e)
{
    const char *names[SW_OPTIONS_MAX + 1], *nearest;
    char name[64], all[300];
    int count = 0;

    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    for (; forms->names[count].name != NULL; count++)
        names[count] = forms->names[count].name;
    if (list_beginnings(forms, name, all, sizeof all) > 1)
        sw_error_set(e, NULL, 0, 0, "--%s could be each of %s", name, all);
    else if ((nearest = sw_error_nearest(name, names, count)) != NULL)
        sw_error_set(e, NULL, 0, 0, "unknown option --%s; did you mean --%s?", name, nearest);
    else
        sw_error_set(e, NULL, 0, 0, "unknown option --%s", name);
}

/* word: what getopt_long() looked at last. */
static enum sw_options_end refuse(const struct sw_option *options, const struct forms *forms,
                                  const char *word, struct sw_error *e)
{
    const struct sw_option *option = find(options, forms, optopt);

    /* getopt_long() leaves in optopt: our key, if a long option that takes no argument was given
     * one; the letter of an unknown short one; 0 for an unknown long one. */
    if (option != NULL || optopt == forms->help_key)
        sw_error_set(e, NULL, 0, 0, "--%s takes no argument",
                     option != NULL ? option->name : "help");
    else if (optopt != 0)
        sw_error_set(e, NULL, 0, 0, "unknown option -%c", optopt);
    else
        refuse_name(forms, word + strspn(word, "-"), e);
    return SW_OPTIONS_BAD;
}

enum sw_options_end sw_options_read(const struct sw_option *options, enum sw_options_order order,
                                    int argc, char **argv, void *target, int *next,
                                    struct sw_error *e)
{
    enum sw_options_end end = SW_OPTIONS_READ;
    struct forms forms = {0};
    int key;

    make_forms(options, order, &forms);
    optind = 0; /* GNU's way to begin anew: tests read more than one command line */
    opterr = 0; /* its messages know nothing of the nearest option */
    while (end == SW_OPTIONS_READ &&
           (key = getopt_long(argc, argv, forms.letters, forms.names, NULL)) >= 0) {
        const struct sw_option *option = find(options, &forms, key == ':' ? optopt : key);
        if (key == '?') {
            end = refuse(options, &forms, argv[optind - 1], e);
        } else if (key == ':') {
            sw_error_set(e, NULL, 0, 0, "--%s requires an argument, %s", option->name,
                         option->argument);
            end = SW_OPTIONS_BAD;
        } else {
            end = option != NULL ? set(option, target, optarg, e) : SW_OPTIONS_HELP;
        }
    }
    *next = optind;
    return end;
}
