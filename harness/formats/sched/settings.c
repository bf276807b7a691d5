/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <assert.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/spill_setting.h"

void sw_settings_free(struct sw_settings *setting)
{
    free(setting->spill);
    for (int i = 0; i < setting->variable_count; i++)
        free(setting->variables[i]);
    *setting = (struct sw_settings){0};
}

/* ---- what it may say ---- */

int sw_settings_set_spill(struct sw_settings *setting, const char *text, struct sw_error *e)
{
    struct slp_spill_setting parsed = {0};

    if (slp_spill_setting_parse(text, &parsed) != NULL)
        return sw_error_set(e, NULL, 0, 0, "'%s' " SLP_SPILL_SETTING_REFUSED, text);
    free(setting->spill);
    setting->spill = strdup(text);
    return setting->spill != NULL ? 0 : sw_error_set(e, NULL, 0, 0, "out of memory");
}

int sw_settings_add_faults(struct sw_settings *setting, const char *names, struct sw_error *e)
{
    struct sw_fault_set set;

    if (sw_fault_set_parse(names, &set, e) < 0)
        return -1;
    setting->faults.mask |= set.mask;
    return 0;
}

int sw_settings_add_steps(struct sw_settings *setting, const char *names, struct sw_error *e)
{
    struct sw_fault_set set;

    if (sw_fault_set_parse(names, &set, e) < 0)
        return -1;
    setting->steps.mask |= set.mask;
    setting->points = 1;
    return 0;
}

static int is_ours(const char *variable)
{
    static const char *const names[] = {
        "PATH=", "LC_ALL=",   "PYTHONHASHSEED=",  "LD_PRELOAD=", "PYTHONDONTWRITEBYTECODE=",
        "SLP_",  "SPILLWAY_", "PYTHONUNBUFFERED="};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(variable, names[i], strlen(names[i])) == 0)
            return 1;
    return 0;
}

int sw_settings_add_variable(struct sw_settings *setting, const char *text, struct sw_error *e)
{
    const char *equals = strchr(text, '=');

    if (equals == NULL || equals == text)
        return sw_error_set(e, NULL, 0, 0, "'%s' is not NAME=VALUE", text);
    if (is_ours(text))
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

/* ---- what an interpreter can do ---- */

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

    elf_version(EV_CURRENT);
    Elf *elf = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF)
        found = -1;
    for (Elf_Scn *at = NULL; elf != NULL && found == 0 && (at = elf_nextscn(elf, at)) != NULL;)
        found = section_has_symbol(elf, at, name);
    elf_end(elf);
    if (fd >= 0)
        close(fd);
    return found;
}

int sw_settings_check(const struct sw_settings *setting, const char *interp, struct sw_error *e)
{
    if ((setting->faults.mask != 0 || setting->points) &&
        sw_settings_interp_exports(interp, "slp_point_current_hook") != 1)
        return sw_error_set(e, interp, 0, 0, "it is no slpython-lab: it has no %s",
                            setting->points ? "points" : "faults");
    if (setting->spill != NULL && sw_settings_interp_exports(interp, "slp_spill_limit") != 1)
        return sw_error_set(e, interp, 0, 0, "it is no slpython: it does not spill");
    return 0;
}

/* ---- to the run ---- */

void sw_settings_fill_shm(const struct sw_settings *setting, struct sw_control_shm *shm)
{
    shm->early_max = setting->early_max;
    shm->points = setting->points;
    shm->steps = setting->steps.mask;
    shm->fail_max = setting->fail_max;
    shm->real_network = setting->real_network;
    shm->grain = setting->grain;
    shm->calm |= setting->grain == SW_GRAIN_ACCESS;
    if (setting->begins && shm->loop_count == 0)
        shm->loop_count = 1;
}

void sw_settings_set_environment(const struct sw_settings *setting)
{
    char faults[SW_FAULT_SET_TEXT_MAX];

    for (int i = 0; i < setting->variable_count; i++)
        putenv(setting->variables[i]);
    if (setting->spill != NULL)
        setenv("SLP_SPILL", setting->spill, 1);
    if (setting->faults.mask != 0)
        setenv("SLP_FAULTS", sw_fault_set_format(setting->faults, ',', faults, sizeof faults), 1);
}
