/* SPDX-License-Identifier: MIT */
#include "spec_need.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WORD(name, word, what) word,
const char *const sw_spec_need_words[SW_SPEC_NEED_COUNT] = {SW_SPEC_NEEDS(WORD)};
#undef WORD

#define TEXT(name, word, what) word ": " what,
static const char *const texts[] = {SW_SPEC_NEEDS(TEXT)};
#undef TEXT

_Static_assert(SW_SPEC_NEED_COUNT <= 32, "a need is a bit of 32");

const char *sw_spec_need_text(int need)
{
    assert(need >= 0 && need < SW_SPEC_NEED_COUNT);
    return texts[need];
}

char *sw_spec_need_list(uint32_t needs)
{
    enum { WORD_MAX = 16 };
    char *list = calloc(SW_SPEC_NEED_COUNT, WORD_MAX);

    for (int i = 0; i < SW_SPEC_NEED_COUNT && list != NULL; i++) {
        if ((needs & (1u << i)) == 0)
            continue;
        assert(strlen(sw_spec_need_words[i]) < WORD_MAX - 1);
        if (*list != '\0')
            strcat(list, ",");
        strcat(list, sw_spec_need_words[i]);
    }
    return list;
}

int sw_spec_need_at(uint32_t needs, int nth)
{
    for (int i = 0; i < SW_SPEC_NEED_COUNT; i++) {
        if ((needs & (1u << i)) != 0 && nth-- == 0)
            return i;
    }
    return -1;
}
