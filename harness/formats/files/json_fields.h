/* SPDX-License-Identifier: MIT
 *
 * json_fields.h - the fields of a JSON object, as all files write and read them.
 */
#ifndef SW_JSON_FIELDS_H
#define SW_JSON_FIELDS_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "contract/error.h"

void sw_json_fields_add_number(json_object *object, const char *name, uint64_t number);
void sw_json_fields_add_text(json_object *object, const char *name, const char *text);

/* Reads a text for people, cut to the size, without control characters; "" if there is none.  Of a number: 0 if there is none. */
void sw_json_fields_get_text(json_object *object, const char *name, char *buf, size_t size);
uint64_t sw_json_fields_get_number(json_object *object, const char *name);

/* The object as text, a field on each line.  Borrowed from the object. */
const char *sw_json_fields_format(json_object *object);
/* The same as a file.  0, or -1 with *e. */
int sw_json_fields_write(json_object *object, const char *path, struct sw_error *e);

#endif
