/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include <string.h>

sw_text sw_wire_text_add(struct sw_wire *wire, const char *s, uint32_t length)
{
    uint32_t at = wire->text_used;

    if (length == 0 || at == 0 || at >= SW_TEXT_MAX || length >= SW_TEXT_MAX - at)
        return 0;
    memcpy(wire->text + at, s, length);
    wire->text[at + length] = '\0';
    wire->text_used = at + length + 1;
    return at;
}

const char *sw_wire_text(const struct sw_wire *wire, sw_text offset)
{
    if (offset == 0 || offset >= SW_TEXT_MAX)
        return "";
    if (memchr(wire->text + offset, '\0', SW_TEXT_MAX - offset) == NULL)
        return "";
    return wire->text + offset;
}
