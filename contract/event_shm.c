/* SPDX-License-Identifier: MIT */
#include "event_shm.h"

#include <string.h>

sw_text sw_event_shm_text_add(struct sw_event_shm *event_shm, const char *s, uint32_t length)
{
    uint32_t at = event_shm->text_used;

    /* 0 stands for "no text", so nobody's text is there; and an event memory that was never made
     * fresh has text_used 0.  What is subtracted cannot wrap: at is below SW_TEXT_MAX. */
    if (length == 0 || at == 0 || at >= SW_TEXT_MAX || length >= SW_TEXT_MAX - at)
        return 0;
    memcpy(event_shm->text + at, s, length);
    event_shm->text[at + length] = '\0';
    event_shm->text_used = at + length + 1;
    return at;
}

const char *sw_event_shm_text(const struct sw_event_shm *event_shm, sw_text offset)
{
    if (offset == 0 || offset >= SW_TEXT_MAX)
        return "";
    /* The child may have scribbled: a text without an end would be read beyond the memory. */
    if (memchr(event_shm->text + offset, '\0', SW_TEXT_MAX - offset) == NULL)
        return "";
    return event_shm->text + offset;
}
