/* SPDX-License-Identifier: MIT */
#include "settings_options.h"

static int key_of(int row)
{
    int letter = sw_settings_table[row].letter;

    return letter != 0 ? letter : SW_SETTINGS_OPTIONS_KEY + row;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct sw_error e = {0};

    for (int i = 0; i < SW_SETTINGS_TABLE_COUNT; i++) {
        if (key != key_of(i) || sw_settings_table[i].option == NULL)
            continue;
        if (sw_settings_table_give(state->input, &sw_settings_table[i], argument, &e) < 0)
            argp_error(state, "%s", e.text);
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

const struct argp *sw_settings_options_argp(enum sw_settings_command command)
{
    static struct argp_option options[SW_SETTINGS_TABLE_COUNT + 1];
    static const struct argp argp = {options, parse, 0, 0, 0, 0, 0};
    int count = 0;

    for (int i = 0; i < SW_SETTINGS_TABLE_COUNT; i++) {
        const struct sw_settings_row *row = &sw_settings_table[i];
        if (row->option != NULL && (row->commands & command))
            options[count++] = (struct argp_option){row->option, key_of(i), row->argument,
                                                    0,           row->help, 0};
    }
    options[count] = (struct argp_option){0};
    return &argp;
}
