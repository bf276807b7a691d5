/* SPDX-License-Identifier: MIT */
#include "settings_table.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/spill_setting.h"
#include "contract/watches_values.h"
#include "contract/words.h"

/* ---- what depends on a setting ---- */

/* Where threads are switched before each access, the checks of the eval breaker are no decisions:
 * nothing that another thread could see happens between them. */
static void fill_calm(const struct sw_settings *setting, struct sw_control_shm *shm)
{
    shm->calm |= setting->grain == SW_GRAIN_ACCESS;
}

/* A search may have said before how many schedules the program is to begin; a single run is one. */
static void fill_loop(const struct sw_settings *setting, struct sw_control_shm *shm)
{
    if (setting->begins && shm->loop_count == 0)
        shm->loop_count = 1;
}

static const char *const points_words[] = {"", "decide", NULL};
static const char *const network_words[] = {"", "real", NULL};
static const char *const grain_words[] = {
    [SW_GRAIN_CALL] = "call", [SW_GRAIN_ACCESS] = "access", NULL};
static const char *const values_words[] = {"", SLP_VALUE_WATCH_WORD, NULL};
static const char *const expect_words[] = {
    [SW_EXPECTS_RECORDED] = "", [SW_EXPECTS_PASS] = "pass", [SW_EXPECTS_FAILURE] = "failure", NULL};
static const char *const hashes_words[] = {
    [SW_HASHES_NUMBER] = "number", [SW_HASHES_ADDRESS] = "address", NULL};
static const char *const begin_words[] = {"", "program", NULL};

/* slpython-lab alone has the hook of points; both slpythons have a limit to spill at. */
#define LAB "slp_point_current_hook"
#define SLPYTHON "slp_spill_limit"

#define MEMBER(name) offsetof(struct sw_settings, name)
#define SHM(name) offsetof(struct sw_control_shm, name)
#define DECIDED (SW_SETTINGS_RECORD | SW_SETTINGS_EXPLORE)
#define ALL (DECIDED | SW_SETTINGS_RUN)

const struct sw_settings_row sw_settings_table[SW_SETTINGS_TABLE_COUNT] = {
    {.key = "env",
     .type = SW_SETTINGS_ENVIRONMENT,
     .offset = MEMBER(variables),
     .option = "env",
     .argument = "NAME=VALUE",
     .help = "Set NAME in the program's environment, which is fixed otherwise; may be repeated",
     .commands = ALL},
    {.key = "spill",
     .type = SW_SETTINGS_SPILL,
     .offset = MEMBER(spill),
     .option = "spill",
     .argument = "LIMIT",
     .help =
         "SLP_SPILL (slpython, or the extension module): bytes, always, never or default, with "
         ",copy or ,segment behind it (default: as a spec says, or as the interpreter is built)",
     .commands = ALL,
     .variable = "SLP_SPILL",
     .symbol = SLPYTHON,
     .module = "stackless.cpython-311-x86_64-linux-gnu.so",
     .lacks = "it is no slpython: it does not spill (and no --env=PYTHONPATH has the extension "
              "module)"},
    {.key = "faults",
     .type = SW_SETTINGS_FAULTS,
     .offset = MEMBER(faults),
     .option = "fault",
     .letter = 'f',
     .argument = "NAME",
     .help = "Switch this historical fault on (slpython-lab); may be repeated",
     .commands = ALL,
     .variable = "SLP_FAULTS",
     .symbol = LAB,
     .lacks = "it is no slpython-lab: it has no faults"},
    {.key = "points",
     .type = SW_SETTINGS_WORD,
     .offset = MEMBER(points),
     .words = points_words,
     .option = "points",
     .help = "At the points of slpython-lab, let a schedule decide to spill or to collect garbage",
     .commands = DECIDED,
     .shm = SHM(points),
     .symbol = LAB,
     .lacks = "it is no slpython-lab: it has no points"},
    {.key = "steps",
     .type = SW_SETTINGS_FAULTS,
     .offset = MEMBER(steps),
     .option = "fault-step",
     .argument = "NAME",
     .help = "As --points, and let it switch this historical fault on until the next point; may be "
             "repeated",
     .commands = DECIDED,
     .wants_points = 1,
     .shm = SHM(steps)},
    {.key = "fail",
     .type = SW_SETTINGS_NUMBER,
     .offset = MEMBER(fail_max),
     .option = "fail",
     .argument = "N",
     .help = "As --points, and let up to N points find no memory (default: 0)",
     .commands = DECIDED,
     .wants_points = 1,
     .shm = SHM(fail_max)},
    {.key = "early",
     .type = SW_SETTINGS_NUMBER,
     .offset = MEMBER(early_max),
     .option = "early",
     .argument = "N",
     .help = "Let up to N timed waits end early (default: 0)",
     .commands = DECIDED | SW_SETTINGS_RUN_TESTS,
     .shm = SHM(early_max)},
    {.key = "network",
     .type = SW_SETTINGS_WORD,
     .offset = MEMBER(real_network),
     .words = network_words,
     .option = "real-network",
     .help = "Leave sockets on loopback to the kernel",
     .commands = DECIDED,
     .shm = SHM(real_network)},
    {.key = "grain",
     .type = SW_SETTINGS_WORD,
     .offset = MEMBER(grain),
     .words = grain_words,
     .option = "grain",
     .argument = "NAME",
     .help =
         "Where threads are switched: call, where the interpreter itself could; or access, before "
         "each access to shared data, on CPython 3.11 to 3.13 (default: call; of dpor: "
         "access)",
     .commands = SW_SETTINGS_RUN_TESTS, /* explore has one more word */
     .shm = SHM(grain),
     .fill = fill_calm},
    {.key = "values",
     .type = SW_SETTINGS_WORD,
     .offset = MEMBER(watches_values),
     .words = values_words,
     .option = "watch-values",
     .help = "Let slpython, or the extension module, watch whether each value that is sent on a "
             "channel is received (slpython-lab always does)",
     .commands = ALL,
     .shm = SHM(values_wanted),
     .variable = SLP_VALUE_WATCH_ENV},
    {.key = "begin",
     .type = SW_SETTINGS_WORD,
     .offset = MEMBER(begins),
     .words = begin_words,
     .fill = fill_loop},
    {.key = "chance",
     .type = SW_SETTINGS_NUMBER,
     .offset = MEMBER(chance),
     .option = "chance",
     .argument = "N",
     .help = "Which random numbers the program has (default: those of 1; explore, where a strategy "
             "samples, tries others, too)",
     .commands = ALL,
     .shm = SHM(chance)},
    {.key = "layout",
     .type = SW_SETTINGS_NUMBER,
     .offset = MEMBER(layout),
     .option = "layout",
     .argument = "N",
     .help = "Where the program's objects lie, and how its texts are hashed: what the order of a "
             "set follows (default: 0)",
     .commands = ALL,
     .shm = SHM(layout)},
    {.key = "addresses",
     .type = SW_SETTINGS_NUMBER,
     .offset = MEMBER(layouts),
     .option = "addresses",
     .argument = "N",
     .help =
         "Try the first N layouts, where a strategy samples (default: 8 for a program that goes "
         "over sets whose order follows addresses or hashes, else 1)",
     .commands = SW_SETTINGS_EXPLORE,
     .shm = SHM(layouts)},
    {.key = "hashes",
     .type = SW_SETTINGS_WORD,
     .offset = MEMBER(hashes),
     .words = hashes_words,
     .shm = SHM(hashes)},
    /* It changes no run, but what is said of one. */
    {.key = "expect", .type = SW_SETTINGS_WORD, .offset = MEMBER(expects), .words = expect_words},
    {.key = "from", .type = SW_SETTINGS_NUMBER, .offset = MEMBER(from), .shm = SHM(from)},
};

/* ---- values ---- */

/* A row knows its member's offset, and its type says what is there. */

const struct sw_settings_row *sw_settings_table_find(const char *key)
{
    for (int i = 0; i < SW_SETTINGS_TABLE_COUNT; i++)
        if (strcmp(sw_settings_table[i].key, key) == 0)
            return &sw_settings_table[i];
    return NULL;
}

static void *member(struct sw_settings *setting, const struct sw_settings_row *row)
{
    return (char *)setting + row->offset;
}

static const void *value(const struct sw_settings *setting, const struct sw_settings_row *row)
{
    return (const char *)setting + row->offset;
}

uint32_t sw_settings_table_number(const struct sw_settings *setting,
                                  const struct sw_settings_row *row)
{
    assert(row->type == SW_SETTINGS_NUMBER || row->type == SW_SETTINGS_WORD);
    return *(const uint32_t *)value(setting, row);
}

void sw_settings_table_set_number(struct sw_settings *setting, const struct sw_settings_row *row,
                                  uint32_t number)
{
    assert(row->type == SW_SETTINGS_NUMBER || row->type == SW_SETTINGS_WORD);
    *(uint32_t *)member(setting, row) = number;
}

int sw_settings_table_is_set(const struct sw_settings *setting, const struct sw_settings_row *row)
{
    switch (row->type) {
    case SW_SETTINGS_ENVIRONMENT:
        return setting->variable_count > 0;
    case SW_SETTINGS_SPILL:
        return *(char *const *)value(setting, row) != NULL;
    case SW_SETTINGS_FAULTS:
        return sw_fault_set_count(value(setting, row)) > 0;
    default:
        return sw_settings_table_number(setting, row) != 0;
    }
}

int sw_settings_table_find_word(const struct sw_settings_row *row, const char *word, size_t length)
{
    return sw_words_find(row->words, word, length);
}

char *sw_settings_table_format(const struct sw_settings *setting, const struct sw_settings_row *row,
                               char separator, char *buf, size_t size)
{
    assert(row->type != SW_SETTINGS_ENVIRONMENT);
    if (row->type == SW_SETTINGS_FAULTS)
        return sw_fault_set_format(*(const struct sw_fault_set *)value(setting, row), separator,
                                   buf, size);
    if (row->type == SW_SETTINGS_SPILL)
        snprintf(buf, size, "%s", *(char *const *)value(setting, row));
    else if (row->type == SW_SETTINGS_NUMBER)
        snprintf(buf, size, "%u", sw_settings_table_number(setting, row));
    else
        snprintf(buf, size, "%s", row->words[sw_settings_table_number(setting, row)]);
    return buf;
}

/* ---- from words ---- */

static int set_spill(char **spill, const char *text, struct sw_error *e)
{
    struct slp_spill_setting parsed = {0};

    /* Judged here, and kept as it is: the interpreter reads the same text with the same parser. */
    if (slp_spill_setting_parse(text, &parsed) != NULL)
        return sw_error_set(e, NULL, 0, 0, "'%s' " SLP_SPILL_SETTING_REFUSED, text);
    free(*spill);
    *spill = strdup(text);
    return *spill != NULL ? 0 : sw_error_set(e, NULL, 0, 0, "out of memory");
}

/* Added to those that are there: an option may be repeated, and a line has many words. */
static int add_faults(struct sw_fault_set *to, const char *names, struct sw_error *e)
{
    struct sw_fault_set set;

    if (sw_fault_set_parse(names, &set, e) < 0)
        return -1;
    sw_fault_set_add_all(to, &set);
    return 0;
}

/* What the runner sets itself, so that every run has the same.  A name that ends in "_" stands for
 * all that begin with it.  But for SLP_FRAMES, which changes nothing that the program sees, and what
 * --steady asks the starter for. */
int sw_settings_table_is_ours(const char *variable)
{
    static const char *const names[] = {
        "PATH=", "LC_ALL=",   "PYTHONHASHSEED=",  "LD_PRELOAD=", "PYTHONDONTWRITEBYTECODE=",
        "SLP_",  "SPILLWAY_", "PYTHONUNBUFFERED="};

    if (strncmp(variable, "SLP_FRAMES=", strlen("SLP_FRAMES=")) == 0 ||
        strncmp(variable, "SPILLWAY_STEADY=", strlen("SPILLWAY_STEADY=")) == 0)
        return 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(variable, names[i], strlen(names[i])) == 0)
            return 1;
    return 0;
}

static int add_variable(struct sw_settings *setting, const char *text, struct sw_error *e)
{
    const char *equals = strchr(text, '=');

    if (equals == NULL || equals == text)
        return sw_error_set(e, NULL, 0, 0, "'%s' is not NAME=VALUE", text);
    if (sw_settings_table_is_ours(text))
        return sw_error_set(e, NULL, 0, 0, "%.*s is set by spillway itself", (int)(equals - text),
                            text);
    if (setting->variable_count == SW_SETTINGS_VARIABLES_MAX || strlen(text) >= 4096)
        return sw_error_set(e, NULL, 0, 0, "too much: at most %d variables of 4095 bytes",
                            SW_SETTINGS_VARIABLES_MAX);
    char *copy = strdup(text);
    if (copy == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    setting->variables[setting->variable_count++] = copy;
    return 0;
}

int sw_settings_table_add(struct sw_settings *setting, const struct sw_settings_row *row,
                          const char *word, struct sw_error *e)
{
    int failed;

    assert(row->type <= SW_SETTINGS_FAULTS);
    if (row->type == SW_SETTINGS_ENVIRONMENT)
        return add_variable(setting, word, e);
    if (row->type == SW_SETTINGS_SPILL)
        return set_spill(member(setting, row), word, e);
    failed = add_faults(member(setting, row), word, e);
    /* A .sched has a line for the points, too; one that was written by hand may not. */
    setting->points |= failed == 0 && row->wants_points;
    return failed;
}

/* ---- from options ---- */

static int give_number(struct sw_settings *setting, const struct sw_settings_row *row,
                       const char *text, struct sw_error *e)
{
    uint64_t number;

    if (sw_words_number(text, 0, UINT32_MAX, &number, e) < 0)
        return -1;
    sw_settings_table_set_number(setting, row, (uint32_t)number);
    return 0;
}

static int give_word(struct sw_settings *setting, const struct sw_settings_row *row,
                     const char *text, struct sw_error *e)
{
    /* A flag has no argument, and chooses the word that is not the default. */
    int index = text == NULL ? 1 : sw_words_choose(row->words, text, e);

    if (index < 0)
        return -1;
    sw_settings_table_set_number(setting, row, (uint32_t)index);
    return 0;
}

int sw_settings_table_give(struct sw_settings *setting, const struct sw_settings_row *row,
                           const char *argument, struct sw_error *e)
{
    int failed = row->type == SW_SETTINGS_NUMBER ? give_number(setting, row, argument, e)
                 : row->type == SW_SETTINGS_WORD ? give_word(setting, row, argument, e)
                                                 : sw_settings_table_add(setting, row, argument, e);

    /* A number of 0 is the default, and wants nothing. */
    setting->points |= failed == 0 && row->wants_points && sw_settings_table_is_set(setting, row);
    return failed;
}
