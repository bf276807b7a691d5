/* SPDX-License-Identifier: MIT */
#include "json_fields.h"

#include <stdio.h>
#include <stdlib.h>

#include "contract/utf8.h"
#include "harness/formats/files/atomic_files.h"

void sw_json_fields_add_number(json_object *object, const char *name, uint64_t number)
{
    json_object_object_add(object, name, json_object_new_uint64(number));
}

void sw_json_fields_add_text(json_object *object, const char *name, const char *text)
{
    json_object_object_add(object, name, json_object_new_string(text));
}

void sw_json_fields_get_text(json_object *object, const char *name, char *buf, size_t size)
{
    const char *text = json_object_get_string(json_object_object_get(object, name));

    snprintf(buf, size, "%s", text != NULL ? text : "");
    sw_utf8_tame(buf);
}

uint64_t sw_json_fields_get_number(json_object *object, const char *name)
{
    return json_object_get_uint64(json_object_object_get(object, name));
}

const char *sw_json_fields_format(json_object *object)
{
    /* Paths stay readable: json-c would write "\/" for each slash. */
    return json_object_to_json_string_ext(
        object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
}

int sw_json_fields_write(json_object *object, const char *path, struct sw_error *e)
{
    char *text = NULL;
    int length = asprintf(&text, "%s\n", sw_json_fields_format(object));

    if (length < 0)
        return sw_error_set(e, path, 0, 0, "out of memory");
    int status = sw_atomic_files_write(path, text, (size_t)length, e);
    free(text);
    return status;
}
