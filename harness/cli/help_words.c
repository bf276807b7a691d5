/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "contract/fault_set.h"
#include "contract/faults.h"
#include "help_forms.h"

/* The words that an option chooses from, or NULL. */
static const char *const *words_of(const struct sw_option *option)
{
    if (option->argument == NULL)
        return NULL;
    if (option->kind == SW_OPTION_IS_WORD)
        return option->words;
    return option->kind == SW_OPTION_IS_SETTING && option->setting->type == SW_SETTINGS_WORD
               ? option->setting->words
               : NULL;
}

static void append(char *buf, size_t size, const char *word)
{
    size_t used = strlen(buf);

    snprintf(buf + used, size - used, "%s%s", used > 0 ? " " : "", word);
}

void sw_help_words_list(const struct sw_option *option, char *buf, size_t size)
{
    const char *const *words = words_of(option);

    *buf = '\0';
    for (; words != NULL && *words != NULL; words++)
        append(buf, size, *words);
    if (option->kind == SW_OPTION_IS_SETTING && option->setting->type == SW_SETTINGS_FAULTS)
        for (int fault = 0; fault < SLP_FAULT_COUNT; fault++)
            append(buf, size, sw_fault_set_name(fault));
}
