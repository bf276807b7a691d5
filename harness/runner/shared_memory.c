/* SPDX-License-Identifier: MIT */
#include "shared_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whoever else has it may write what he likes, but not take pages away: we would get a SIGBUS. */
enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

void *sw_shared_memory_open(const char *name, const char *what, size_t size, int *fd,
                            struct sw_error *e)
{
    void *map = MAP_FAILED;

    *fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (*fd >= 0 && ftruncate(*fd, (off_t)size) == 0 && fcntl(*fd, F_ADD_SEALS, SEALS) == 0)
        map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    if (map != MAP_FAILED)
        return map;
    sw_error_set(e, NULL, 0, 0, "no memory for %s: %s", what, strerror(errno));
    sw_shared_memory_close(NULL, 0, *fd);
    *fd = -1;
    return NULL;
}

void sw_shared_memory_close(void *address, size_t size, int fd)
{
    if (address != NULL)
        munmap(address, size);
    if (fd >= 0)
        close(fd);
}
