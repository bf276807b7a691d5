/* SPDX-License-Identifier: MIT
 *
 * settings_options.h - the settings that a command takes, as options of it.
 *
 * A command names this parser as a child of its own, and gives it its struct sw_settings as input
 * (child_inputs, at ARGP_KEY_INIT).  Their keys are letters, and numbers from
 * SW_SETTINGS_OPTIONS_KEY on, which a command's own options must not have.
 */
#ifndef SW_SETTINGS_OPTIONS_H
#define SW_SETTINGS_OPTIONS_H

#include <argp.h>

#include "settings_table.h"

enum { SW_SETTINGS_OPTIONS_KEY = 0x10000 };

/* Valid until the next call. */
const struct argp *sw_settings_options_argp(enum sw_settings_command command);

#endif
