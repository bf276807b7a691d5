/* SPDX-License-Identifier: MIT */
#include "mutate_lines.h"

#include <string.h>

#include "contract/bytes.h"
#include "contract/decision.h"

enum { WORD_MAX = 256 }; /* of a longer word the beginning is changed; no keyword is longer */

struct piece {
    const uint8_t *at;
    size_t size;
};

static int is_end(uint8_t byte, int of_word)
{
    return byte == '\n' || (of_word && byte == ' ');
}

/* The line, or the word, that a random byte belongs to, without what ends it.  By bytes and not by
 * lines: a long line has more to be changed, and is picked more often. */
static struct piece pick(const uint8_t *bytes, size_t size, int word, uint64_t *random)
{
    const uint8_t *start = bytes + sw_decision_random(random) % size, *end = start;

    while (start > bytes && !is_end(start[-1], word))
        start--;
    while (end < bytes + size && !is_end(*end, word))
        end++;
    return (struct piece){start, (size_t)(end - start)};
}

static struct piece with_newline(struct piece line, const uint8_t *end)
{
    line.size += line.at + line.size < end;
    return line;
}

/* In the place of a word: another word of the text, since its own keywords and names are the
 * likeliest to be accepted; the word in quotes, perhaps with a blank in them; or changed bytes. */
static void add_word(struct sw_bytes *out, const uint8_t *bytes, size_t size, struct piece old,
                     uint64_t *random, sw_input_mutate_bytes *mutate)
{
    uint8_t changed[WORD_MAX];
    uint64_t how = sw_decision_random(random) % 8;

    if (how < 3) {
        struct piece other = pick(bytes, size, 1, random);
        sw_bytes_add(out, other.at, other.size);
    } else if (how == 3) {
        sw_bytes_add(out, "\"", 1);
        sw_bytes_add(out, old.at, old.size);
        sw_bytes_add(out, " \"", 1 + sw_decision_random(random) % 2);
        sw_bytes_add(out, "\"", 1);
    } else {
        size_t length = old.size < WORD_MAX ? old.size : WORD_MAX;
        memcpy(changed, old.at, length);
        sw_bytes_add(out, changed, mutate(changed, length, sizeof changed));
    }
}

/* A line is left out, replaced by another one, doubled, or followed by another one. */
static void add_line(struct sw_bytes *out, const uint8_t *bytes, size_t size, struct piece old,
                     uint64_t *random)
{
    uint64_t how = sw_decision_random(random) % 4;
    struct piece other = with_newline(pick(bytes, size, 0, random), bytes + size);

    if (how == 1)
        sw_bytes_add(out, other.at, other.size); /* in its place */
    if (how >= 2)
        sw_bytes_add(out, old.at, old.size);
    if (how == 2)
        sw_bytes_add(out, old.at, old.size);
    if (how == 3)
        sw_bytes_add(out, other.at, other.size);
}

size_t sw_mutate_lines(uint8_t *bytes, size_t size, size_t room, unsigned seed,
                       sw_input_mutate_bytes *mutate)
{
    struct sw_bytes out = {0};
    /* Of 8: 1 changes bytes anywhere, 5 a word, 2 a line.  Chosen freely. */
    uint64_t random = seed, how = sw_decision_random(&random) % 8;

    if (size == 0 || how == 0)
        return mutate(bytes, size, room);
    struct piece old = pick(bytes, size, how < 6, &random);
    if (how >= 6)
        old = with_newline(old, bytes + size);
    sw_bytes_add(&out, bytes, (size_t)(old.at - bytes));
    if (how < 6)
        add_word(&out, bytes, size, old, &random, mutate);
    else
        add_line(&out, bytes, size, old, &random);
    sw_bytes_add(&out, old.at + old.size, (size_t)(bytes + size - old.at) - old.size);
    /* What does not fit stays as it was: libFuzzer counts that as an execution like any other. */
    if (!out.failed && out.used > 0 && out.used <= room) {
        memcpy(bytes, out.start, out.used);
        size = out.used;
    }
    sw_bytes_free(&out);
    return size;
}
