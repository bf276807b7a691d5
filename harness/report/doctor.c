/* SPDX-License-Identifier: MIT */
#include "doctor.h"

#include <errno.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "contract/own_path.h"
#include "debug_symbols.h"
#include "doctor_ask.h"
#include "harness/formats/files/path_program.h"
#include "harness/runner/interp_kind.h"
#include "harness/runner/scratch_folder.h"
#include "harness/runner/watchpoints.h"
#include "interp_shim.h"
#include "rr.h"
#include "target.h"

enum { TEXT_MAX = 512, SEEN_MAX = 64, WANTED_MAX = 400 };

/* What a row says: it is there; it is not, and something is poorer for it; it cannot be done
 * without. */
enum state { OK, POORER, MISSING };

struct doctor {
    FILE *out;
    int can_explore;
    char *seen[SEEN_MAX]; /* the interpreters' own files */
    int seen_count;
    char wanted[WANTED_MAX]; /* packages */
};

static void print_row(struct doctor *doctor, enum state state, const char *name, const char *text)
{
    static const char *const words[] = {[OK] = "ok", [POORER] = "-", [MISSING] = "MISSING"};

    fprintf(doctor->out, "  %-8s %-28s %s\n", words[state], name, text);
    if (state == MISSING)
        doctor->can_explore = 0;
}

static void want(struct doctor *doctor, const char *package)
{
    size_t used = strlen(doctor->wanted);

    snprintf(doctor->wanted + used, sizeof doctor->wanted - used, " %s", package);
}

/* ---- interpreters ---- */

/* What Python says of itself; the same words in Python 2.7. */
static const char question[] =
    "import sys, platform\n"
    "try:\n"
    "    import sysconfig\n"
    "    free = bool(sysconfig.get_config_var('Py_GIL_DISABLED'))\n"
    "except ImportError:\n"
    "    free = False\n"
    "try:\n"
    "    import pytest\n"
    "    tests = ', pytest ' + pytest.__version__\n"
    "except Exception:\n"
    "    tests = ''\n"
    "kind = getattr(sys, 'implementation', None)\n"
    "kind = kind.name if kind else platform.python_implementation().lower()\n"
    "v = '%d.%d.%d' % sys.version_info[:3]\n"
    "of = sys.version_info[:2] if kind == 'cpython' else None\n"
    "can = ('no GIL: not controlled yet' if free else\n"
    "       'too old: not controlled' if of and of < (3, 6) and of != (2, 7) else\n"
    "       'grain access, dpor' if of == (3, 11) else\n"
    "       'grain access, no dpor' if of in ((3, 12), (3, 13)) else 'grain call, no dpor')\n"
    "print('%s %s, %s%s' % (kind, v, can, tests))\n";

static int was_seen(struct doctor *doctor, const char *path)
{
    char *real = realpath(path, NULL);

    for (int i = 0; real != NULL && i < doctor->seen_count; i++)
        if (strcmp(doctor->seen[i], real) == 0) { /* python3 is a link to python3.11 */
            free(real);
            return 1;
        }
    if (real != NULL && doctor->seen_count < SEEN_MAX)
        doctor->seen[doctor->seen_count++] = real;
    else
        free(real);
    return 0;
}

/* What stands in PATH and cannot be controlled is told of "python3" only, which people mean: a
 * manager of versions has a script for each. */
static int is_dull(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && strcmp(slash, "/python3") != 0;
}

/* is_default: no test runs without it, unless another is named. */
static void look_at_interp(struct doctor *doctor, const char *path, int is_default)
{
    enum state bad = is_default ? MISSING : POORER;
    char line[TEXT_MAX];
    struct sw_error e;

    if (was_seen(doctor, path))
        return;
    if (sw_interp_kind_check(path, &e) < 0) {
        char *behind = sw_interp_shim_find(path);
        if (behind != NULL) {
            look_at_interp(doctor, behind, is_default);
            free(behind);
            return;
        }
        if (is_default || !is_dull(path))
            print_row(doctor, bad, path, e.text);
        return;
    }
    const char *argv[] = {path, "-c", question, NULL};
    int answers = sw_doctor_ask_line(argv, line, sizeof line);
    print_row(doctor, answers ? OK : bad, path, answers ? line : "it does not start");
}

static void look_at_own(struct doctor *doctor, const char *name)
{
    char *path = sw_own_path_find(0, name);

    if (path != NULL)
        look_at_interp(doctor, path, 0);
    free(path);
}

static void look_at_interps(struct doctor *doctor)
{
    static const char *const names[] = {"python3",    "python",     "python3.6",  "python3.7",
                                        "python3.8",  "python3.9",  "python3.10", "python3.11",
                                        "python3.12", "python3.13", "python3.14", "python2.7",
                                        "pypy3"};
    char path[PATH_MAX];

    fputs("Interpreters\n", doctor->out);
    look_at_interp(doctor, SW_TARGET_INTERP, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int nth = 0; sw_path_program_find(names[i], nth, path, sizeof path); nth++)
            look_at_interp(doctor, path, 0);
    look_at_own(doctor, "slpython");
    look_at_own(doctor, "slpython-lab");
    for (int i = 0; i < doctor->seen_count; i++)
        free(doctor->seen[i]);
}

/* ---- tools ---- */

static void look_at_tool(struct doctor *doctor, const char *name, const char *without)
{
    char path[PATH_MAX], line[TEXT_MAX] = "";
    const char *argv[] = {path, "--version", NULL};
    int found = sw_path_program_find(name, 0, path, sizeof path) &&
                sw_doctor_ask_line(argv, line, sizeof line);

    print_row(doctor, found ? OK : POORER, name, found ? line : without);
    if (!found)
        want(doctor, name);
}

static void look_at_rr(struct doctor *doctor)
{
    char path[PATH_MAX], why[TEXT_MAX], text[2 * TEXT_MAX];

    if (!sw_path_program_find("rr", 0, path, sizeof path)) {
        look_at_tool(doctor, "rr", "no spillway rr; spillway debug goes back, too");
        return;
    }
    int works = sw_rr_probe(why, sizeof why);
    snprintf(text, sizeof text, "it does not work here: %.*s", (int)strcspn(why, "\n"), why);
    print_row(doctor, works ? OK : POORER, "rr", works ? "it records and replays /bin/true" : text);
}

static void look_at_symbols(struct doctor *doctor, const char *name, const char *file,
                            const char *package)
{
    int found = sw_debug_symbols_installed(file);

    print_row(doctor, found ? OK : POORER, name,
              found ? "installed" : "none: gdb shows functions of it without lines and arguments");
    if (!found)
        want(doctor, package);
}

static void look_at_tools(struct doctor *doctor)
{
    fputs("Tools\n", doctor->out);
    look_at_tool(doctor, "gdb", "no spillway debug");
    look_at_rr(doctor);
    look_at_tool(doctor, "valgrind", "no --valgrind");
    look_at_symbols(doctor, "symbols of python3.11", SW_TARGET_INTERP, "python3.11-dbg");
    look_at_symbols(doctor, "symbols of libc", "/lib/x86_64-linux-gnu/libc.so.6", "libc6-dbg");
}

/* ---- the machine ---- */

/* A number of /proc/sys; otherwise where there is no such file. */
static int read_number(const char *path, int otherwise)
{
    FILE *file = fopen(path, "re");
    int number;

    if (file == NULL || fscanf(file, "%d", &number) != 1)
        number = otherwise;
    if (file != NULL)
        fclose(file);
    return number;
}

static void look_at_ptrace(struct doctor *doctor)
{
    int scope = read_number("/proc/sys/kernel/yama/ptrace_scope", 0);
    char text[TEXT_MAX];

    snprintf(text, sizeof text, "scope %d: %s", scope,
             scope == 0   ? "any process of yours"
             : scope == 1 ? "what spillway starts; spillway doctor PID as root only"
                          : "no C stacks of a hang, and no gdb, but for root");
    print_row(doctor, scope <= 1 ? OK : POORER, "ptrace", text);
}

static void look_at_watchpoints(struct doctor *doctor)
{
    int work = sw_watchpoints_work();

    print_row(doctor, work ? OK : POORER, "hardware watchpoints",
              work ? "they stop a program" : "they never stop a program: no sw-last-write in gdb");
}

static void look_at_counters(struct doctor *doctor)
{
    struct perf_event_attr attributes = {.type = PERF_TYPE_HARDWARE,
                                         .size = sizeof attributes,
                                         .config = PERF_COUNT_HW_INSTRUCTIONS,
                                         .exclude_kernel = 1};
    int fd = (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
    char text[TEXT_MAX];

    snprintf(text, sizeof text, "none: %s; perf_event_paranoid is %d; rr alone wants them",
             strerror(errno), read_number("/proc/sys/kernel/perf_event_paranoid", -2));
    print_row(doctor, fd >= 0 ? OK : POORER, "performance counters",
              fd >= 0 ? "instructions are counted" : text);
    if (fd >= 0)
        close(fd);
}

/* Recorded addresses are the same in each run because of it. */
static void look_at_addresses(struct doctor *doctor)
{
    int before = personality(0xffffffff);
    int works = before >= 0 && personality((unsigned long)before | ADDR_NO_RANDOMIZE) >= 0;

    print_row(doctor, works ? OK : MISSING, "fixed addresses",
              works
                  ? "personality() may switch randomisation off"
                  : "personality() is forbidden (a container's seccomp?): no run is like another");
    if (works)
        personality((unsigned long)before);
}

static void look_at_folder(struct doctor *doctor)
{
    char path[PATH_MAX];
    const char *folder = getenv("TMPDIR");
    struct sw_error e;
    int works = sw_scratch_folder_make(path, "spillway-doctor", &e) == 0;

    if (works)
        sw_scratch_folder_remove(path);
    print_row(doctor, works ? OK : MISSING, "folder for what goes again",
              !works           ? e.text
              : folder != NULL ? folder
                               : "/tmp");
}

static void look_at_library(struct doctor *doctor)
{
    char *path = sw_own_path_find(1, "lib/libspillway.so");
    int works = path != NULL && access(path, R_OK) == 0;

    print_row(doctor, works ? OK : MISSING, "libspillway.so", path != NULL ? path : "?");
    free(path);
}

int sw_doctor_print(FILE *out)
{
    struct doctor doctor = {.out = out, .can_explore = 1};

    look_at_interps(&doctor);
    look_at_tools(&doctor);
    fputs("This machine\n", out);
    look_at_library(&doctor);
    look_at_addresses(&doctor);
    look_at_folder(&doctor);
    look_at_ptrace(&doctor);
    look_at_watchpoints(&doctor);
    look_at_counters(&doctor);
    if (*doctor.wanted != '\0')
        fprintf(out, "What is not there can be installed: apt-get install%s\n", doctor.wanted);
    return doctor.can_explore;
}
