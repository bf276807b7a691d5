/* SPDX-License-Identifier: MIT */
#include "interp_kind.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* No loader's path is as long: "/lib64/ld-linux-x86-64.so.2" has 27 bytes. */
enum { LOADER_MAX = 256 };

/* Its first line, if it is a script's; else "". */
static void read_first_line(int fd, char *line, size_t size)
{
    ssize_t got = pread(fd, line, size - 1, 0);

    line[got > 0 ? got : 0] = '\0';
    line[strncmp(line, "#!", 2) == 0 ? strcspn(line, "\n") : 0] = '\0';
}

/* A script's interpreter would be started instead, and the control memory is for the file that was
 * named. */
static int check_script(const char *path, int fd, struct sw_error *e)
{
    char line[256];

    read_first_line(fd, line, sizeof line);
    if (*line == '\0')
        return 0;
    return sw_error_set(e, path, 0, 0, "it is a script, of %s: name the interpreter itself",
                        line + 2 + strspn(line + 2, " \t"));
}

/* The program header that names the dynamic loader.  1 if there is one. */
static int read_loader(Elf *elf, char *loader, size_t size)
{
    size_t count = 0, bytes;
    GElf_Phdr header;
    const char *raw = elf_rawfile(elf, &bytes);

    *loader = '\0';
    if (raw == NULL || elf_getphdrnum(elf, &count) != 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (gelf_getphdr(elf, (int)i, &header) == NULL || header.p_type != PT_INTERP)
            continue;
        /* The file may be damaged, and its headers say what they like. */
        if (header.p_offset < bytes && header.p_filesz <= bytes - header.p_offset &&
            header.p_filesz < size)
            snprintf(loader, size, "%.*s", (int)header.p_filesz, raw + header.p_offset);
        return 1;
    }
    return 0;
}

/* The names by which a program comes to more than one thread, or to another program: beginnings and
 * parts of what it asks of its libraries. */
static int has_name_for_threads(const char *names, size_t size)
{
    static const char *const parts[] = {
        "pthread_create", "thrd_create", "_M_start_thread", "clone",   "exec",
        "posix_spawn",    "dlopen",      "libpython",       "libpypy", "Py_"};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (memmem(names, size, parts[i], strlen(parts[i])) != NULL)
            return 1;
    return 0;
}

/* May it start a thread, or a program that does?  /bin/ls does not.  Without a list of names nobody
 * knows. */
static int may_start_threads(Elf *elf)
{
    GElf_Shdr header;

    for (Elf_Scn *at = elf_nextscn(elf, NULL); at != NULL; at = elf_nextscn(elf, at)) {
        if (gelf_getshdr(at, &header) == NULL || header.sh_type != SHT_DYNSYM)
            continue;
        Elf_Scn *names = elf_getscn(elf, header.sh_link);
        Elf_Data *data = names != NULL ? elf_rawdata(names, NULL) : NULL;
        return data == NULL || data->d_buf == NULL ||
               has_name_for_threads(data->d_buf, data->d_size);
    }
    return 1;
}

/* In the order in which a reason explains those behind it. LD_PRELOAD, which is how the engine gets
 * into a process, is read by glibc's dynamic loader and by nothing else. */
static int check_elf(const char *path, Elf *elf, struct sw_error *e)
{
    char loader[LOADER_MAX];
    GElf_Ehdr header;

    if (elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &header) == NULL)
        return sw_error_set(e, path, 0, 0, "it is no program: neither an ELF file nor a script");
    if (header.e_machine != EM_X86_64 || header.e_ident[EI_CLASS] != ELFCLASS64)
        return sw_error_set(e, path, 0, 0,
                            "it is a program of another kind of machine (ELF "
                            "machine %u, %s bits)",
                            (unsigned)header.e_machine,
                            header.e_ident[EI_CLASS] == ELFCLASS64 ? "64" : "32");
    if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
        return sw_error_set(e, path, 0, 0, "it is no program but an object file or a core dump");
    if (!read_loader(elf, loader, sizeof loader))
        return sw_error_set(e, path, 0, 0,
                            "it is a static binary: nothing can be put in front of "
                            "its C library");
    if (strstr(loader, "musl") != NULL)
        return sw_error_set(e, path, 0, 0,
                            "its C library is musl (its loader is %s): only glibc's "
                            "threads are controlled",
                            loader);
    if (access(loader, X_OK) != 0)
        return sw_error_set(e, path, 0, 0, "its dynamic loader %s is not there", loader);
    if (!may_start_threads(elf))
        return sw_error_set(e, path, 0, 0, "it is no Python, and starts no threads");
    return 0;
}

static int check_file(const char *path, int fd, struct sw_error *e)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return sw_error_set(e, path, 0, 0, "%s", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return sw_error_set(e, path, 0, 0, "it is no program but a %s",
                            S_ISDIR(status.st_mode) ? "directory" : "special file");
    if (access(path, X_OK) != 0)
        return sw_error_set(e, path, 0, 0, "it may not be executed: %s", strerror(errno));
    if (check_script(path, fd, e) < 0)
        return -1;
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    int failed = check_elf(path, elf, e);
    elf_end(elf);
    return failed;
}

int sw_interp_kind_is_script(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char line[256] = "";

    if (fd >= 0) {
        read_first_line(fd, line, sizeof line);
        close(fd);
    }
    return *line != '\0';
}

int sw_interp_kind_check(const char *path, struct sw_error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    /* Nonblocking, since the name may be that of a FIFO. */
    if (fd < 0 && errno != EACCES)
        return sw_error_set(e, path, 0, 0, "no interpreter: %s", strerror(errno));
    if (fd < 0)
        return sw_error_set(e, path, 0, 0, "it cannot be read: %s", strerror(errno));
    int failed = check_file(path, fd, e);
    close(fd);
    return failed;
}

/* The loader ignores LD_PRELOAD for such a program. */
static const char *find_privilege(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return NULL;
    if ((status.st_mode & S_ISUID) != 0 && status.st_uid != getuid())
        return "it is set-user-id";
    if ((status.st_mode & S_ISGID) != 0 && status.st_gid != getgid())
        return "it is set-group-id";
    return getxattr(path, "security.capability", NULL, 0) > 0 ? "it has file capabilities" : NULL;
}

/* Its runtime ends a program into which another library was loaded first. */
static int has_sanitizer(const char *path)
{
    static const char name[] = "libasan.so";
    int fd = open(path, O_RDONLY | O_CLOEXEC), found = 0;
    size_t size;

    if (fd < 0)
        return 0;
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    const char *raw = elf != NULL ? elf_rawfile(elf, &size) : NULL;
    if (raw != NULL)
        found = memmem(raw, size, name, sizeof name - 1) != NULL;
    elf_end(elf);
    close(fd);
    return found;
}

int sw_interp_kind_explain(const char *path, const struct sw_end *end, struct sw_error *e)
{
    /* No control came about, and the process cannot say why: LD_PRELOAD was ignored, or it is
     * another program by now. What can be found out from the file is looked for in the order of how
     * sure it is. */
    const char *privilege = find_privilege(path);
    char name[32];

    if (privilege != NULL)
        return sw_error_set(e, path, 0, 0,
                            "%s, so that the dynamic loader ignores LD_PRELOAD: use "
                            "a copy that is not",
                            privilege);
    if (has_sanitizer(path))
        return sw_error_set(e, path, 0, 0,
                            "it is built with a sanitizer, whose library tolerates "
                            "no other in front of it");
    if (end->kind == SW_ENDED_WATCHDOG)
        return sw_error_set(e, path, 0, 0, "the watchdog ended it before it was under control");
    if (end->kind == SW_ENDED_CRASHED)
        return sw_error_set(e, path, 0, 0, "it died of %s before it was under control",
                            sw_run_end_signal_name(end->signal, name, sizeof name));
    return sw_error_set(e, path, 0, 0,
                        "it ended with status %d and was never under control: it "
                        "may have started another program in its place",
                        end->code);
}
