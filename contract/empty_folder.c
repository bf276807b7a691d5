/* SPDX-License-Identifier: MIT */
#include "empty_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BATCH = 2048, NAME_BYTES = 256 };

static int is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int is_kept(const char *name, const char *kept)
{
    for (; kept != NULL && *kept != '\0'; kept += strlen(kept) + 1)
        if (strcmp(name, kept) == 0)
            return 1;
    return 0;
}

/* Calls it for each name.  0; not 0: what it returned, or -1 with errno. */
static int for_each(sw_empty_folder_syscall *call, int fd,
                    int (*each)(void *context, const char *name), void *context)
{
    char batch[BATCH] __attribute__((aligned(8)));
    int status = 0;
    long got = 0;

    if (call(SYS_lseek, fd, 0, SEEK_SET) < 0)
        return -1;
    while (status == 0 && (got = call(SYS_getdents64, fd, batch, sizeof batch)) > 0)
        for (long at = 0; at < got && status == 0;) {
            const struct dirent64 *entry = (const struct dirent64 *)(batch + at);
            if (!is_dots(entry->d_name))
                status = each(context, entry->d_name);
            at += entry->d_reclen;
        }
    return got < 0 ? -1 : status;
}

/* ---- what is there ---- */

struct listing {
    char *text;
    size_t used;
};

static int add_name(void *context, const char *name)
{
    struct listing *listing = context;
    size_t size = strlen(name) + 1;

    if (size >= SW_EMPTY_FOLDER_KEPT - listing->used)
        return -1;
    memcpy(listing->text + listing->used, name, size);
    listing->used += size;
    return 0;
}

int sw_empty_folder_list(sw_empty_folder_syscall *call, int fd, char kept[SW_EMPTY_FOLDER_KEPT])
{
    struct listing listing = {kept, 0};
    int status = for_each(call, fd, add_name, &listing);

    kept[listing.used] = '\0';
    return status;
}

/* ---- removing ---- */

struct looking {
    const char *kept;
    char name[NAME_BYTES];
};

static int take_name(void *context, const char *name)
{
    struct looking *looking = context;

    if (is_kept(name, looking->kept) || strlen(name) >= sizeof looking->name)
        return 0;
    strcpy(looking->name, name);
    return 1;
}

/* 1: it is gone; 0: it is a folder with something in it; -1 with errno. */
static int remove_name(sw_empty_folder_syscall *call, int fd, const char *name)
{
    if (call(SYS_unlinkat, fd, name, 0) == 0)
        return 1;
    if (errno != EISDIR && errno != EPERM)
        return -1;
    if (call(SYS_unlinkat, fd, name, AT_REMOVEDIR) == 0)
        return 1;
    return errno == ENOTEMPTY || errno == EEXIST ? 0 : -1;
}

static int open_folder(sw_empty_folder_syscall *call, int from, const char *name)
{
    return (int)call(SYS_openat, from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int go_down(sw_empty_folder_syscall *call, int from, const char *name)
{
    int fd = open_folder(call, from, name);

    if (fd < 0 && errno == EACCES && call(SYS_fchmodat, from, name, S_IRWXU) == 0)
        fd = open_folder(call, from, name);
    if (fd >= 0)
        call(SYS_fchmod, fd, S_IRWXU);
    return fd;
}

/* Goes down into a folder until there is nothing in it, and back up, where it is then removed like
 * a file: so nobody has to remember the way. */
int sw_empty_folder_remove(sw_empty_folder_syscall *call, int fd, const char *kept)
{
    int at = fd, depth = 0, failed = 0;

    while (!failed) {
        struct looking looking = {.kept = depth == 0 ? kept : NULL};
        int found = for_each(call, at, take_name, &looking), next = at;
        if (found == 0 && depth == 0)
            break;
        if (found == 0) {
            next = open_folder(call, at, "..");
            depth--;
        } else if (found < 0 || (found = remove_name(call, at, looking.name)) < 0) {
            failed = -1;
        } else if (found == 0) {
            next = go_down(call, at, looking.name);
            depth++;
        }
        failed |= next < 0 ? -1 : 0;
        if (next != at && at != fd)
            call(SYS_close, at);
        at = next;
    }
    if (at != fd && at >= 0)
        call(SYS_close, at);
    return failed;
}
