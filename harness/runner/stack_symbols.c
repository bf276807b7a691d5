/* SPDX-License-Identifier: MIT */
#include "stack_symbols.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "contract/last_part.h"

struct printer {
    FILE *out;
    const char *indent;
    Dwfl *dwfl; /* NULL: addresses only */
    int number; /* of the next frame */
};

/* Where a frame is: in this line of this file.  path NULL: not known. */
struct place {
    const char *path;
    int line;
};

/* ---- modules ---- */

/* The maps are the child's word: what they name may be anything, a pipe too. */
static int find_elf(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
                    char **file_name, Elf **elf)
{
    struct stat status;

    if (name[0] != '/' || stat(name, &status) < 0 || !S_ISREG(status.st_mode))
        return -1;
    return dwfl_linux_proc_find_elf(module, userdata, name, base, file_name, elf);
}

static int find_no_debuginfo(Dwfl_Module *module, void **userdata, const char *name,
                             Dwarf_Addr base, const char *file_name, const char *debuglink_file,
                             GElf_Word debuglink_crc, char **debuginfo_file_name)
{
    (void)module, (void)userdata, (void)name, (void)base, (void)file_name;
    (void)debuglink_file, (void)debuglink_crc, (void)debuginfo_file_name;
    return -1;
}

static const Dwfl_Callbacks callbacks = {
    .find_elf = find_elf,
    .find_debuginfo = find_no_debuginfo,
};

static Dwfl *open_modules(const struct sw_event_shm *event_shm)
{
    FILE *maps = event_shm->maps_used > 0
                     ? fmemopen((void *)event_shm->maps, event_shm->maps_used, "r")
                     : NULL;

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

/* ---- places ---- */

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
    return sw_last_part(path);
}

/* Of code without DWARF between two units that have it, elfutils names the last line of the first:
 * the unit is asked whether it has the address. */
static struct place place_of_address(Dwfl_Module *module, Dwarf_Addr address)
{
    struct place place = {NULL, 0};
    Dwarf_Addr bias = 0;
    Dwarf_Die *cu = dwfl_module_addrdie(module, address, &bias);
    Dwfl_Line *line = dwfl_module_getsrc(module, address);

    if (cu == NULL || dwarf_haspc(cu, address - bias) <= 0)
        return place;
    if (line != NULL)
        place.path = dwfl_lineinfo(line, NULL, &place.line, NULL, NULL, NULL);
    return place;
}

/* Where an inlined function was called. */
static struct place place_of_call(Dwarf_Die *cu, Dwarf_Die *inlined)
{
    Dwarf_Attribute memory;
    Dwarf_Files *files;
    Dwarf_Word file, line;

    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &memory), &file) != 0 ||
        dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &memory), &line) != 0 ||
        dwarf_getsrcfiles(cu, &files, NULL) != 0)
        return (struct place){NULL, 0};
    return (struct place){dwarf_filesrc(files, file, NULL, NULL), (int)line};
}

/* ---- frames ---- */

static void print_frame(struct printer *printer, const char *name, struct place place,
                        int is_inlined)
{
    fprintf(printer->out, "%s#%-2d %s", printer->indent, printer->number++, name);
    if (place.path != NULL)
        fprintf(printer->out, "  %s:%d", short_path(place.path), place.line);
    fprintf(printer->out, "%s\n", is_inlined ? "  (inlined)" : "");
}

static int is_function(Dwarf_Die *die)
{
    return dwarf_tag(die) == DW_TAG_subprogram || dwarf_tag(die) == DW_TAG_inlined_subroutine;
}

/* The innermost scope, those around it, and so on to the unit itself.  *scopes
 * is the caller's.  Returns how many. */
static int find_scopes(Dwarf_Die *cu, Dwarf_Addr address, Dwarf_Die **scopes)
{
    Dwarf_Die innermost;

    *scopes = NULL;
    if (dwarf_getscopes(cu, address, scopes) <= 0)
        return 0;
    /* From an inlined function on, these are the scopes where it was defined:
     * ask again for those where it was put. */
    innermost = (*scopes)[0];
    free(*scopes);
    *scopes = NULL;
    return dwarf_getscopes_die(&innermost, scopes);
}

/* The function at this address, and those into which it was inlined.  Returns
 * how many; 0 without DWARF. */
static int print_functions(struct printer *printer, Dwfl_Module *module, Dwarf_Addr address)
{
    Dwarf_Addr bias = 0;
    Dwarf_Die *cu = dwfl_module_addrdie(module, address, &bias), *scopes = NULL;
    struct place place = place_of_address(module, address);
    int printed = 0, count = cu != NULL ? find_scopes(cu, address - bias, &scopes) : 0;

    for (int i = 0; i < count; i++) {
        if (!is_function(&scopes[i]))
            continue;
        int is_inlined = dwarf_tag(&scopes[i]) == DW_TAG_inlined_subroutine;
        const char *name = dwarf_diename(&scopes[i]);
        print_frame(printer, name != NULL ? name : "?", place, is_inlined);
        printed++;
        if (!is_inlined)
            break;
        place = place_of_call(cu, &scopes[i]);
    }
    free(scopes);
    return printed;
}

/* Names the file too when it is not the interpreter itself. */
static void print_symbol(struct printer *printer, Dwfl_Module *module, Dwarf_Addr address,
                         uint64_t pc)
{
    const char *name = dwfl_module_addrname(module, address);
    const char *path = dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    struct place place = place_of_address(module, address); /* assembler has one */
    char text[400], number[32];

    Dwarf_Addr start = 0;
    dwfl_module_info(module, NULL, &start, NULL, NULL, NULL, NULL, NULL);
    snprintf(number, sizeof number, "+0x%llx", (unsigned long long)(pc - start));
    if (name == NULL) /* stripped: where it is in the file is the same every time */
        name = number;
    const char *file = path != NULL ? sw_last_part(path) : "slpython";
    if (place.path != NULL || strncmp(file, "slpython", 8) == 0)
        snprintf(text, sizeof text, "%s", name);
    else
        snprintf(text, sizeof text, "%s  (%s)", name, file);
    print_frame(printer, text, place, 0);
}

static void print_address(struct printer *printer, uint64_t pc, int is_innermost)
{
    /* A return address may be the first of the next function. */
    Dwarf_Addr address = is_innermost ? pc : pc - 1;
    Dwfl_Module *module = printer->dwfl != NULL ? dwfl_addrmodule(printer->dwfl, address) : NULL;

    if (module == NULL) {
        fprintf(printer->out, "%s#%-2d 0x%llx\n", printer->indent, printer->number++,
                (unsigned long long)pc);
        return;
    }
    if (print_functions(printer, module, address) == 0)
        print_symbol(printer, module, address, pc);
}

/* How often the frames from index i on repeat with this period, the first time
 * included. */
static uint32_t times_repeated(const struct sw_event_shm_stack *stack, uint32_t i, uint32_t period)
{
    uint32_t times = 1;

    while (i + (times + 1) * period <= stack->frame_count &&
           memcmp(&stack->frames[i], &stack->frames[i + times * period],
                  period * sizeof stack->frames[0]) == 0)
        times++;
    return times;
}

/* Recursion: at least three times the same few frames.  Returns the period, 0
 * if there is none. */
static uint32_t find_repetition(const struct sw_event_shm_stack *stack, uint32_t i, uint32_t *times)
{
    enum { PERIOD_MAX = 24 };

    for (uint32_t period = 1; period <= PERIOD_MAX; period++) {
        *times = times_repeated(stack, i, period);
        if (*times >= 3)
            return period;
    }
    return 0;
}

/* Prints the frames from index i on, one, or a repetition.  Returns how many of
 * the stack's frames that were. */
static uint32_t print_some(struct printer *printer, const struct sw_event_shm_stack *stack,
                           uint32_t i)
{
    uint32_t times, period = find_repetition(stack, i, &times);

    if (period == 0) {
        print_address(printer, stack->frames[i], i == 0);
        return 1;
    }
    for (uint32_t k = 0; k < period; k++)
        print_address(printer, stack->frames[i + k], i + k == 0);
    fprintf(printer->out, "%s    ... the last %u frames %u times more\n", printer->indent, period,
            times - 1);
    return period * times;
}

void sw_stack_symbols_print(FILE *out, const struct sw_event_shm *event_shm, uint32_t stack,
                            const char *indent)
{
    if (stack == 0 || stack > SW_STACKS_MAX)
        return;
    const struct sw_event_shm_stack *taken = &event_shm->stacks[stack - 1];
    struct printer printer = {.out = out, .indent = indent, .dwfl = open_modules(event_shm)};
    for (uint32_t i = 0; i < taken->frame_count;)
        i += print_some(&printer, taken, i);
    if (taken->truncated)
        fprintf(out, "%s... more frames, which were not recorded\n", indent);
    if (printer.dwfl != NULL)
        dwfl_end(printer.dwfl);
}

/* ---- of a process that lives ---- */

enum { LIVE_FRAMES_MAX = 100, KERNEL_FRAMES_MAX = 3 };

struct sw_stack_symbols_process {
    Dwfl *dwfl;
};

struct sw_stack_symbols_process *sw_stack_symbols_attach(pid_t pid)
{
    struct sw_stack_symbols_process *process = calloc(1, sizeof *process);

    if (process == NULL)
        return NULL;
    process->dwfl = dwfl_begin(&callbacks);
    int status = process->dwfl == NULL ? ENOMEM : dwfl_linux_proc_report(process->dwfl, pid);
    if (status == 0) {
        dwfl_report_end(process->dwfl, NULL, NULL);
        status = dwfl_linux_proc_attach(process->dwfl, pid, false);
    }
    if (status == 0)
        return process;
    sw_stack_symbols_detach(process);
    errno = status > 0 ? status : 0;
    return NULL;
}

void sw_stack_symbols_detach(struct sw_stack_symbols_process *process)
{
    if (process->dwfl != NULL)
        dwfl_end(process->dwfl);
    free(process);
}

/* How the thread waits for its turn is not what it does. */
static int is_ours(Dwfl *dwfl, Dwarf_Addr pc)
{
    Dwfl_Module *module = dwfl_addrmodule(dwfl, pc);
    const char *path =
        module != NULL ? dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL) : NULL;

    return path != NULL && strcmp(sw_last_part(path), "libspillway.so") == 0;
}

static int print_live_frame(Dwfl_Frame *frame, void *argument)
{
    struct printer *printer = argument;
    Dwarf_Addr pc;
    bool is_activation;

    if (!dwfl_frame_pc(frame, &pc, &is_activation))
        return DWARF_CB_ABORT;
    if (is_ours(printer->dwfl, is_activation ? pc : pc - 1)) {
        if (printer->number <= KERNEL_FRAMES_MAX) {
            printer->number = 0; /* what it calls itself, neither */
            rewind(printer->out);
        }
        return DWARF_CB_OK;
    }
    if (printer->number == LIVE_FRAMES_MAX) {
        fprintf(printer->out, "%s... more frames\n", printer->indent);
        return DWARF_CB_ABORT;
    }
    print_address(printer, pc, is_activation);
    return DWARF_CB_OK;
}

void sw_stack_symbols_print_thread(FILE *out, struct sw_stack_symbols_process *process, pid_t tid,
                                   const char *indent)
{
    char *text = NULL;
    size_t size = 0;
    FILE *frames = open_memstream(&text, &size);
    struct printer printer = {.out = frames, .indent = indent, .dwfl = process->dwfl};

    if (frames == NULL)
        return;
    dwfl_getthread_frames(process->dwfl, tid, print_live_frame, &printer);
    fclose(frames);
    fwrite(text, 1, size, out);
    if (size == 0)
        fprintf(out, "%sno frames: %s\n", indent, dwfl_errmsg(-1));
    free(text);
}
