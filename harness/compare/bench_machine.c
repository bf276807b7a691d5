/* SPDX-License-Identifier: MIT */
#include "bench_machine.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static void read_cpu(char *cpu, size_t size)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];

    snprintf(cpu, size, "unknown");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *value = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || value == NULL)
            continue;
        snprintf(cpu, size, "%.*s", (int)strcspn(value + 2, "\n"), value + 2);
        break;
    }
    if (file != NULL)
        fclose(file);
}

static void read_word(const char *path, char *word, size_t size)
{
    FILE *file = fopen(path, "re");

    snprintf(word, size, "unknown");
    if (file == NULL)
        return;
    if (fgets(word, (int)size, file) != NULL)
        word[strcspn(word, " \n")] = '\0';
    fclose(file);
}

void sw_bench_machine_fill(struct sw_bench_machine *machine)
{
    struct utsname name;
    char load[32];
    cpu_set_t set;

    *machine = (struct sw_bench_machine){.load = -1};
    if (uname(&name) == 0)
        snprintf(machine->system, sizeof machine->system, "%.60s %.60s, %.30s", name.sysname,
                 name.release, name.machine);
    read_cpu(machine->cpu, sizeof machine->cpu);
    read_word("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", machine->governor,
              sizeof machine->governor);
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        machine->cpus = CPU_COUNT(&set);
    read_word("/proc/loadavg", load, sizeof load);
    if (strcmp(load, "unknown") != 0)
        machine->load = strtod(load, NULL);
}
