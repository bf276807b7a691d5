/* SPDX-License-Identifier: MIT
 *
 * file_names.c - calls that make, move and remove names: a folder is changed by it; file_changes.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_changes.h"
#include "harness/control/engine/real.h"

static int made(int failed, int from, const char *path)
{
    if (failed == 0)
        sw_file_changes_made(from, path);
    return failed;
}

static int renamed(int failed, int from, const char *path)
{
    if (failed == 0)
        sw_file_changes_renamed(from, path);
    return failed;
}

SW_EXPORT int mkdir(const char *path, mode_t mode)
{
    return made(SW_REAL(mkdir)(path, mode), AT_FDCWD, path);
}

SW_EXPORT int mkdirat(int from, const char *path, mode_t mode)
{
    return made(SW_REAL(mkdirat)(from, path, mode), from, path);
}

SW_EXPORT int symlink(const char *to, const char *path)
{
    return made(SW_REAL(symlink)(to, path), AT_FDCWD, path);
}

SW_EXPORT int symlinkat(const char *to, int from, const char *path)
{
    return made(SW_REAL(symlinkat)(to, from, path), from, path);
}

SW_EXPORT int mknod(const char *path, mode_t mode, dev_t device)
{
    return made(SW_REAL(mknod)(path, mode, device), AT_FDCWD, path);
}

SW_EXPORT int mknodat(int from, const char *path, mode_t mode, dev_t device)
{
    return made(SW_REAL(mknodat)(from, path, mode, device), from, path);
}

SW_EXPORT int link(const char *old, const char *path)
{
    return renamed(SW_REAL(link)(old, path), AT_FDCWD, path);
}

SW_EXPORT int linkat(int old_from, const char *old, int from, const char *path, int flags)
{
    return renamed(SW_REAL(linkat)(old_from, old, from, path, flags), from, path);
}

SW_EXPORT int unlink(const char *path)
{
    return renamed(SW_REAL(unlink)(path), AT_FDCWD, path);
}

SW_EXPORT int unlinkat(int from, const char *path, int flags)
{
    return renamed(SW_REAL(unlinkat)(from, path, flags), from, path);
}

SW_EXPORT int rmdir(const char *path)
{
    return renamed(SW_REAL(rmdir)(path), AT_FDCWD, path);
}

SW_EXPORT int remove(const char *path)
{
    return renamed(SW_REAL(remove)(path), AT_FDCWD, path);
}

SW_EXPORT int rename(const char *old, const char *path)
{
    return renamed(renamed(SW_REAL(rename)(old, path), AT_FDCWD, old), AT_FDCWD, path);
}

SW_EXPORT int renameat(int old_from, const char *old, int from, const char *path)
{
    return renamed(renamed(SW_REAL(renameat)(old_from, old, from, path), old_from, old), from,
                   path);
}

SW_EXPORT int renameat2(int old_from, const char *old, int from, const char *path, unsigned flags)
{
    return renamed(renamed(SW_REAL(renameat2)(old_from, old, from, path, flags), old_from, old),
                   from, path);
}
