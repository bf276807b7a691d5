/* SPDX-License-Identifier: MIT */
#include "hang_maps.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "contract/last_part.h"

#define LIBRARY "libspillway.so"

/* name: as /proc has it; owner: of the mapping before, if this one follows it and has no name, since
 * that is where a library's zeroes are. */
static int describe(const char *name, const char *owner, char *text, size_t size)
{
    const char *file = *name == '/' ? sw_last_part(name) : *name == '\0' ? owner : "";

    if (*file != '\0')
        snprintf(text, size, "data of %s", file);
    else if (strcmp(name, "[heap]") == 0)
        snprintf(text, size, "the heap");
    else
        snprintf(text, size, "%s", *name != '\0' ? name : "memory without a name");
    return strcmp(file, LIBRARY) == 0;
}

int sw_hang_maps_find(pid_t pid, uint64_t address, char *text, size_t size)
{
    char line[PATH_MAX + 128], name[PATH_MAX], owner[PATH_MAX] = "";
    uint64_t first, last, end_before = 0;
    int is_ours = 0, found = 0;

    *text = '\0';
    snprintf(line, sizeof line, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(line, "re");
    while (maps != NULL && !found && fgets(line, sizeof line, maps) != NULL) {
        *name = '\0';
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %*s %*s %4095[^\n]", &first, &last,
                   name) < 2)
            continue;
        if (*name != '\0' || first != end_before)
            snprintf(owner, sizeof owner, "%s", *name == '/' ? sw_last_part(name) : "");
        end_before = last;
        found = address >= first && address < last;
        if (found)
            is_ours = describe(name, owner, text, size);
    }
    if (maps != NULL)
        fclose(maps);
    return is_ours;
}

void sw_hang_maps_file(pid_t pid, int fd, char *text, size_t size)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
    ssize_t length = readlink(path, text, size - 1);
    text[length > 0 ? length : 0] = '\0';
}

pid_t sw_hang_maps_find_locker(pid_t pid, int fd)
{
    char line[256];
    unsigned major_number, minor_number;
    uint64_t inode;
    struct stat status;
    int holder = 0, read;

    snprintf(line, sizeof line, "/proc/%d/fd/%d", (int)pid, fd);
    if (stat(line, &status) < 0)
        return 0;
    FILE *locks = fopen("/proc/locks", "re");
    while (locks != NULL && holder == 0 && fgets(line, sizeof line, locks) != NULL) {
        /* "1: FLOCK  ADVISORY  WRITE 4711 fe:01:1234 0 EOF"; with "->" it waits itself. */
        if (strstr(line, "->") == NULL &&
            sscanf(line, "%*s %*s %*s %*s %d %x:%x:%" SCNu64, &read, &major_number, &minor_number,
                   &inode) == 4 &&
            inode == status.st_ino && major_number == major(status.st_dev) &&
            minor_number == minor(status.st_dev) && read > 0 && read != pid)
            holder = read;
    }
    if (locks != NULL)
        fclose(locks);
    return holder;
}
