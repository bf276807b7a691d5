/* SPDX-License-Identifier: MIT */
#include <Python.h>

#include "got.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch/arch.h"

/* ---- the slot ---- */

typedef ElfW(Dyn) dynamic;
typedef ElfW(Sym) symbol;
typedef ElfW(Rela) relocation;

struct tables {
    const symbol *symbols;
    const char *names;
    const relocation *relocations[2]; /* of functions, and of everything else */
    size_t bytes[2];
};

/* What the dynamic linker itself goes by.  On Linux it has made these addresses absolute. */
static void read_tables(const dynamic *entry, struct tables *tables)
{
    for (; entry->d_tag != DT_NULL; entry++) {
        const void *address = (const void *)entry->d_un.d_ptr;
        if (entry->d_tag == DT_SYMTAB)
            tables->symbols = address;
        else if (entry->d_tag == DT_STRTAB)
            tables->names = address;
        else if (entry->d_tag == DT_JMPREL)
            tables->relocations[0] = address;
        else if (entry->d_tag == DT_PLTRELSZ)
            tables->bytes[0] = entry->d_un.d_val;
        else if (entry->d_tag == DT_RELA)
            tables->relocations[1] = address;
        else if (entry->d_tag == DT_RELASZ)
            tables->bytes[1] = entry->d_un.d_val;
    }
}

static int is_slot_of(const struct tables *tables, const relocation *of, const char *name)
{
    unsigned long type = ELF64_R_TYPE(of->r_info);
    const symbol *called = &tables->symbols[ELF64_R_SYM(of->r_info)];

    return (type == SLP_ARCH_RELOCATION_CALL || type == SLP_ARCH_RELOCATION_POINTER) &&
           strcmp(tables->names + called->st_name, name) == 0;
}

static void **find_slot(const struct link_map *object, const char *name)
{
    struct tables tables = {0};

    read_tables(object->l_ld, &tables);
    if (tables.symbols == NULL || tables.names == NULL)
        return NULL;
    for (int table = 0; table < 2; table++) {
        const relocation *first = tables.relocations[table];
        const relocation *end = first != NULL ? first + tables.bytes[table] / sizeof *first : NULL;
        for (const relocation *of = first; of != end; of++)
            if (is_slot_of(&tables, of, name))
                return (void **)(object->l_addr + of->r_offset);
    }
    return NULL;
}

/* ---- changing it ---- */

struct relro {
    uintptr_t slot;
    int holds_it;
};

static int look_for_relro(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct relro *relro = arg;

    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + header->p_vaddr;
        if (header->p_type == PT_GNU_RELRO && relro->slot - start < header->p_memsz)
            relro->holds_it = 1;
    }
    return relro->holds_it;
}

static int put_into(void **slot, slp_got_function function)
{
    uintptr_t page = (uintptr_t)slot & ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
    size_t size = (uintptr_t)(slot + 1) - page;
    /* With full RELRO the dynamic linker makes the table read-only after the start. */
    struct relro relro = {(uintptr_t)slot, 0};

    (void)dl_iterate_phdr(look_for_relro, &relro);
    if (relro.holds_it && mprotect((void *)page, size, PROT_READ | PROT_WRITE) < 0)
        return -1;
    __atomic_store_n(slot, (void *)function, __ATOMIC_SEQ_CST);
    if (relro.holds_it)
        (void)mprotect((void *)page, size, PROT_READ);
    return 0;
}

int slp_got_replace(const char *name, slp_got_function ours, slp_got_function *real)
{
    struct link_map *object;
    Dl_info info;

    if (dladdr1((const void *)&PyEval_EvalCode, &info, (void **)&object, RTLD_DL_LINKMAP) == 0)
        return -1;
    void **slot = find_slot(object, name);
    /* The slot itself may still lead to the dynamic linker: lazy binding. */
    void *resolved = dlsym(RTLD_DEFAULT, name);
    if (slot == NULL || resolved == NULL)
        return -1;
    memcpy(real, &resolved, sizeof resolved);
    return put_into(slot, ours);
}
