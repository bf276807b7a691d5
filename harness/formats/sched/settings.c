/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <fcntl.h>
#include <gelf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "settings_table.h"

void sw_settings_free(struct sw_settings *setting)
{
    free(setting->spill);
    for (int i = 0; i < setting->variable_count; i++)
        free(setting->variables[i]);
    *setting = (struct sw_settings){0};
}

/* ---- values ---- */

int sw_settings_equal(const struct sw_settings *one, const struct sw_settings *other)
{
    char own[SW_FAULT_SET_TEXT_MAX], theirs[SW_FAULT_SET_TEXT_MAX];
    int equal = one->variable_count == other->variable_count;

    for (int i = 0; i < one->variable_count && equal; i++)
        equal = strcmp(one->variables[i], other->variables[i]) == 0;
    /* As text: a row that can be written can be compared, whatever its type is. */
    for (int i = 0; i < SW_SETTINGS_TABLE_COUNT && equal; i++) {
        const struct sw_settings_row *row = &sw_settings_table[i];
        equal = sw_settings_table_is_set(one, row) == sw_settings_table_is_set(other, row);
        if (equal && row->type != SW_SETTINGS_ENVIRONMENT && sw_settings_table_is_set(one, row))
            equal = strcmp(sw_settings_table_format(one, row, ' ', own, sizeof own),
                           sw_settings_table_format(other, row, ' ', theirs, sizeof theirs)) == 0;
    }
    return equal;
}

/* ---- what an interpreter can do ---- */

/* Only a table of dynamic symbols tells what the agent, or a preloaded library, can look up; and a
 * symbol that is undefined there is only wanted. */
static int section_has_symbol(Elf *elf, Elf_Scn *section, const char *name)
{
    GElf_Shdr header;
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;

    if (gelf_getshdr(section, &header) == NULL || header.sh_type != SHT_DYNSYM || data == NULL)
        return 0;
    for (int i = 0; gelf_getsym(data, i, &symbol) != NULL; i++) {
        const char *own = elf_strptr(elf, header.sh_link, symbol.st_name);
        if (own != NULL && strcmp(own, name) == 0 && symbol.st_shndx != SHN_UNDEF)
            return 1;
    }
    return 0;
}

int sw_settings_interp_exports(const char *path, const char *name)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), found = 0;

    /* libelf wants to be told before its first use. */
    elf_version(EV_CURRENT);
    Elf *elf = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
    /* A script is no ELF file: what it starts is not known here. */
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF)
        found = -1;
    for (Elf_Scn *at = NULL; elf != NULL && found == 0 && (at = elf_nextscn(elf, at)) != NULL;)
        found = section_has_symbol(elf, at, name);
    elf_end(elf);
    if (fd >= 0)
        close(fd);
    return found;
}

/* Is there such a file in a folder of the PYTHONPATH that the program is given? */
static int finds_module(const struct sw_settings *setting, const char *module)
{
    static const char name[] = "PYTHONPATH=";
    char path[PATH_MAX];

    for (int i = 0; i < setting->variable_count; i++) {
        const char *at = setting->variables[i];
        if (strncmp(at, name, sizeof name - 1) != 0)
            continue;
        at += sizeof name - 1;
        for (size_t size; *at != '\0'; at += size + (at[size] == ':')) {
            size = strcspn(at, ":");
            snprintf(path, sizeof path, "%.*s/%s", (int)size, at, module);
            if (access(path, R_OK) == 0)
                return 1;
        }
    }
    return 0;
}

/* From the last row to the first: who asks for faults at points hears of the points. */
int sw_settings_check(const struct sw_settings *setting, const char *interp, struct sw_error *e)
{
    for (int i = SW_SETTINGS_TABLE_COUNT - 1; i >= 0; i--) {
        const struct sw_settings_row *row = &sw_settings_table[i];
        if (row->symbol != NULL && sw_settings_table_is_set(setting, row) &&
            sw_settings_interp_exports(interp, row->symbol) != 1 &&
            (row->module == NULL || !finds_module(setting, row->module)))
            return sw_error_set(e, interp, 0, 0, "%s", row->lacks);
    }
    return 0;
}

/* ---- to the run ---- */

void sw_settings_fill_shm(const struct sw_settings *setting, struct sw_control_shm *shm)
{
    for (int i = 0; i < SW_SETTINGS_TABLE_COUNT; i++) {
        const struct sw_settings_row *row = &sw_settings_table[i];
        size_t size =
            row->type == SW_SETTINGS_FAULTS ? sizeof(struct sw_fault_set) : sizeof(uint32_t);
        if (row->shm != 0)
            memcpy((char *)shm + row->shm, (const char *)setting + row->offset, size);
        if (row->fill != NULL)
            row->fill(setting, shm);
    }
}

int sw_settings_set_environment(const struct sw_settings *setting)
{
    char text[SW_FAULT_SET_TEXT_MAX];

    /* First, so that nobody overrides what a row sets. */
    for (int i = 0; i < setting->variable_count; i++)
        if (putenv(setting->variables[i]) != 0)
            return -1;
    for (int i = 0; i < SW_SETTINGS_TABLE_COUNT; i++) {
        const struct sw_settings_row *row = &sw_settings_table[i];
        if (row->variable != NULL && sw_settings_table_is_set(setting, row) &&
            setenv(row->variable, sw_settings_table_format(setting, row, ',', text, sizeof text),
                   1) < 0)
            return -1;
    }
    return 0;
}
