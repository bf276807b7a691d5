/* SPDX-License-Identifier: MIT */
#include "debug_symbols.h"

#include <fcntl.h>
#include <gelf.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { BUILD_ID_MAX = 64 };

/* /usr/lib/debug/.build-id/1f/8d....debug */
static void name_symbols(const unsigned char *id, size_t size, char path[PATH_MAX])
{
    int used = snprintf(path, PATH_MAX, "/usr/lib/debug/.build-id/");

    for (size_t i = 0; i < size; i++)
        used +=
            snprintf(path + used, (size_t)(PATH_MAX - used), "%02x%s", id[i], i == 0 ? "/" : "");
    snprintf(path + used, (size_t)(PATH_MAX - used), ".debug");
}

/* 1: one of the notes is a build ID, and path is the file of its symbols. */
static int find_build_id(Elf_Data *notes, char path[PATH_MAX])
{
    size_t name, text, next = 0;
    GElf_Nhdr head;

    while ((next = gelf_getnote(notes, next, &head, &name, &text)) > 0) {
        if (head.n_type != NT_GNU_BUILD_ID || head.n_descsz > BUILD_ID_MAX)
            continue;
        name_symbols((const unsigned char *)notes->d_buf + text, head.n_descsz, path);
        return 1;
    }
    return 0;
}

static int find_in_elf(Elf *elf, char path[PATH_MAX])
{
    size_t count = 0;
    int found = 0;

    if (elf == NULL || elf_getphdrnum(elf, &count) != 0)
        return 0;
    for (size_t i = 0; i < count && !found; i++) {
        GElf_Phdr header;
        if (gelf_getphdr(elf, (int)i, &header) == NULL || header.p_type != PT_NOTE)
            continue;
        Elf_Data *notes = elf_getdata_rawchunk(elf, (int64_t)header.p_offset, header.p_filesz,
                                               header.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
        found = notes != NULL && find_build_id(notes, path);
    }
    return found;
}

int sw_debug_symbols_installed(const char *file)
{
    char path[PATH_MAX];
    int fd = open(file, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return 0;
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    int found = find_in_elf(elf, path) && access(path, R_OK) == 0;
    elf_end(elf);
    close(fd);
    return found;
}
