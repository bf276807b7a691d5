/* SPDX-License-Identifier: MIT */
#include "stack.h"

#include <elfutils/libdwfl.h>
#include <stdlib.h>
#include <string.h>

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_linux_proc_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
};

/* Names need the maps that the child took; without them there are addresses. */
static Dwfl *open_modules(const struct sw_wire *wire)
{
    uint32_t size = wire->maps_used < SW_MAPS_MAX ? wire->maps_used : SW_MAPS_MAX;
    FILE *maps = size > 0 ? fmemopen((void *)wire->maps, size, "r") : NULL;

    if (maps == NULL)
        return NULL;
    Dwfl *dwfl = dwfl_begin(&callbacks);
    if (dwfl != NULL) {
        dwfl_linux_proc_maps_report(dwfl, maps);
        dwfl_report_end(dwfl, NULL, NULL);
    }
    fclose(maps);
    return dwfl;
}

/* A source's path from the folder of this project on, so that a report says the
 * same on every machine. */
static const char *short_path(const char *path)
{
    static const char *const folders[] = {"interp/", "harness/", "fuzz/"};

    for (int i = 0; i < 3; i++) {
        const char *found = strstr(path, folders[i]);
        if (found != NULL)
            return found;
    }
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void print_place(FILE *out, Dwfl_Module *module, Dwarf_Addr address)
{
    Dwfl_Line *line = dwfl_module_getsrc(module, address);
    int number = 0;
    const char *path =
        line != NULL ? dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL) : NULL;

    if (path != NULL) {
        fprintf(out, "  %s:%d", short_path(path), number);
        return;
    }
    const char *name = dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    const char *file = name != NULL ? short_path(name) : NULL;
    if (file != NULL && strncmp(file, "slpython", 8) != 0 && file[0] != '[')
        fprintf(out, "  (%s)", file);
}

static void print_frame(FILE *out, Dwfl *dwfl, int number, uint64_t pc, const char *indent)
{
    /* A return address may be the first of the next function. */
    Dwarf_Addr address = number == 0 ? pc : pc - 1;
    Dwfl_Module *module = dwfl != NULL ? dwfl_addrmodule(dwfl, address) : NULL;
    const char *name = module != NULL ? dwfl_module_addrname(module, address) : NULL;

    if (name == NULL) {
        fprintf(out, "%s#%-2d 0x%llx\n", indent, number, (unsigned long long)pc);
        return;
    }
    fprintf(out, "%s#%-2d %s", indent, number, name);
    print_place(out, module, address);
    fputc('\n', out);
}

void sw_stack_print(FILE *out, const struct sw_wire *wire, uint32_t stack, const char *indent)
{
    if (stack == 0 || stack > SW_STACKS_MAX || stack > wire->stack_count)
        return;
    const struct sw_wire_stack *taken = &wire->stacks[stack - 1];
    uint32_t count = taken->frame_count < SW_FRAMES_MAX ? taken->frame_count : SW_FRAMES_MAX;
    Dwfl *dwfl = open_modules(wire);
    for (uint32_t i = 0; i < count; i++)
        print_frame(out, dwfl, (int)i, taken->frames[i], indent);
    if (taken->truncated)
        fprintf(out, "%s... more frames, which were not recorded\n", indent);
    if (dwfl != NULL)
        dwfl_end(dwfl);
}
