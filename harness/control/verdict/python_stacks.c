/* SPDX-License-Identifier: MIT */
#include "python_stacks.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "contract/fnv.h"
#include "contract/library_frame.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/thread_table.h"
#include "harness/control/engine/real.h"

enum {
    NAME_MAX_BYTES = 40,
    NAMES_MAX = SW_LIVE_THREADS_MAX,
    DUMPED_MAX = 100, /* CPython's own dump has no more threads */
};

/* ---- asking in Python ---- */

/* Runs in a process in which any lock may be held for ever: so it imports nothing.  "modules" is
 * sys.modules; "fd" and "with_stacks" are numbers.  Of 2.7 and 3. */
static const char questions[] =
    "def tell(text):\n"
    "    if not isinstance(text, bytes):\n"
    "        text = text.encode('utf-8', 'replace')\n"
    "    write(fd, text + b'\\n')\n"
    "def tell_stack(ident, frame):\n"
    "    tell('Thread 0x%016x (most recent call first):' % (ident & (1 << 64) - 1))\n"
    "    while frame is not None:\n"
    "        code = frame.f_code\n"
    "        if frame.f_globals is not globals():\n"
    "            tell('  File \"%s\", line %d in %s' % (\n"
    "                code.co_filename, frame.f_lineno, code.co_name))\n"
    "        frame = frame.f_back\n"
    "def tell_all():\n"
    "    active = getattr(modules.get('threading'), '_active', {})\n"
    "    for ident, thread in sorted(active.items()):\n"
    "        names = object.__getattribute__(thread, '__dict__')\n"
    "        name = names.get('_name') or names.get('_Thread__name')\n"
    "        if name:\n"
    "            tell('Name 0x%016x %s' % (ident & (1 << 64) - 1, name.replace('\\n', ' ')))\n"
    "    if with_stacks:\n"
    "        frames = modules['sys']._current_frames()\n"
    "        for ident in sorted(frames):\n"
    "            tell_stack(ident, frames[ident])\n"
    "write = (modules.get('posix') or modules['os']).write\n"
    "tell_all()\n";

#define OUR_FILE "<spillway>"

static int text_fd = -1; /* what was told so far */

/* A file in memory: the interpreter can write to a descriptor, in Python and in C, and nothing of
 * it touches the program's heap or its files. */
static int open_text(void)
{
    if (text_fd < 0)
        text_fd = (int)SW_REAL(syscall)(SYS_memfd_create, "spillway-stacks", MFD_CLOEXEC);
    return text_fd;
}

static void *find(const char *name)
{
    return dlsym(RTLD_DEFAULT, name);
}

#define FIND(function, name) ((*(void **)&(function) = find(name)) != NULL)

/* An interpreter that is being taken down has no thread state to give us, and would end the thread
 * instead. */
static int is_ending(void)
{
    int (*ending)(void);

    return (FIND(ending, "Py_IsFinalizing") || FIND(ending, "_Py_IsFinalizing")) && ending();
}

/* All by name: this library is built for no version, and is loaded into each. */
static void ask_cpython(int with_stacks, int fd, int gives_back)
{
    int (*initialized)(void), (*set_item)(void *, const char *, void *);
    void *(*modules_of)(void), *(*make_dict)(void), *(*make_int)(long);
    void *(*compile)(const char *, const char *, int), *(*run)(void *, void *, void *);
    void *(*get_item)(void *, const char *);
    int (*ensure)(void), had;
    void (*clear)(void), (*give_back)(int);
    enum { FILE_INPUT = 257 };

    if (!(FIND(initialized, "Py_IsInitialized") && FIND(ensure, "PyGILState_Ensure") &&
          FIND(modules_of, "PyImport_GetModuleDict") && FIND(make_dict, "PyDict_New") &&
          FIND(set_item, "PyDict_SetItemString") && FIND(get_item, "PyDict_GetItemString") &&
          FIND(make_int, "PyLong_FromLong") && FIND(compile, "Py_CompileString") &&
          FIND(run, "PyEval_EvalCode") && FIND(clear, "PyErr_Clear") &&
          FIND(give_back, "PyGILState_Release")) ||
        !initialized() || is_ending())
        return;
    had = ensure();
    void *globals = make_dict(), *modules = modules_of();
    if (globals == NULL || modules == NULL)
        return;
    void *builtins = get_item(modules, "builtins");
    set_item(globals, "__builtins__",
             builtins != NULL ? builtins : get_item(modules, "__builtin__"));
    set_item(globals, "modules", modules);
    set_item(globals, "fd", make_int(fd));
    set_item(globals, "with_stacks", make_int(with_stacks));
    void *code = compile(questions, OUR_FILE, FILE_INPUT);
    if (code == NULL || run(code, globals, globals) == NULL)
        clear();
    if (gives_back)
        give_back(had);
}

static void ask_pypy(int fd)
{
    static char source[sizeof questions + 128];
    int (*execute)(const char *);

    if (!FIND(execute, "pypy_execute_source"))
        return;
    snprintf(source, sizeof source, "import sys\nmodules, fd, with_stacks = sys.modules, %d, 1\n%s",
             fd, questions);
    execute(source);
}

static const char *(*find_dump(void))(int, void *, void *)
{
    const char *(*dump)(int, void *, void *);

    return FIND(dump, "_Py_DumpTracebackThreads") ? dump : NULL;
}

/* Those that stand still too. */
static int count_threads(void)
{
    int count = 0;

    for (int i = 0; i < SW_LIVE_THREADS_MAX; i++)
        count += sw_engine.threads[i].state == SW_THREAD_LIVE;
    return count;
}

void sw_python_stacks_ask(void)
{
    /* CPython's own dump, where there is one, is better than the questions: it needs no GIL. But it
     * ends after DUMPED_MAX threads. */
    ask_cpython(find_dump() == NULL || count_threads() > DUMPED_MAX, open_text(), 0);
    ask_pypy(open_text());
}

int sw_python_stacks_dump(int fd)
{
    const char *(*dump)(int, void *, void *) = find_dump();

    if (dump != NULL)
        dump(fd, NULL, NULL);
    return dump != NULL ? 0 : -1;
}

int sw_python_stacks_question(int fd)
{
    ask_cpython(1, fd, 1);
    ask_pypy(fd);
    return 0;
}

/* ---- reading what was told ---- */

static const char *map_text(size_t *size)
{
    struct stat status;

    *size = 0;
    if (text_fd < 0 || fstat(text_fd, &status) != 0 || status.st_size == 0)
        return "";
    void *map = SW_REAL(mmap)(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, text_fd, 0);
    if (map == MAP_FAILED)
        return "";
    *size = (size_t)status.st_size;
    return map;
}

static const char *next_line(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (size_t)(end - line));

    return newline != NULL ? newline + 1 : end;
}

static int begins_with(const char *line, const char *end, const char *word)
{
    size_t size = strlen(word);

    return (size_t)(end - line) > size && memcmp(line, word, size) == 0;
}

/* The number of the thread in a line "WORD 0x...", which begins with that word. */
static unsigned long number_behind(const char *line, const char *end, const char *word)
{
    unsigned long number = 0;

    if (!begins_with(line, end, word))
        return 0;
    for (line += strlen(word); line < end; line++) {
        const char *digit = memchr("0123456789abcdef", *line, 16);
        if (digit == NULL)
            break;
        number = number << 4 | (unsigned long)(digit - "0123456789abcdef");
    }
    return number;
}

/* The first line of a thread's stack. */
static unsigned long number_in_heading(const char *line, const char *end)
{
    unsigned long number = number_behind(line, end, "Thread 0x");

    return number != 0 ? number : number_behind(line, end, "Current thread 0x");
}

static void copy_name(char *name, const char *line, const char *end)
{
    size_t size = 0;

    for (; line < end && *line != '\n' && size < NAME_MAX_BYTES - 1; line++)
        name[size++] = (unsigned char)*line < ' ' ? '?' : *line;
    name[size] = '\0';
}

const char *sw_python_stacks_name(const struct sw_thread *thread)
{
    static const char word[] = "Name 0x";
    static struct {
        unsigned long handle;
        char name[NAME_MAX_BYTES];
    } names[NAMES_MAX];
    static int count = -1;
    size_t size;

    if (count < 0) {
        const char *text = map_text(&size);
        count = 0;
        /* Read once: a name is asked for at every line of a report. */
        for (const char *line = text; line < text + size && count < NAMES_MAX;
             line = next_line(line, text + size)) {
            names[count].handle = number_behind(line, text + size, word);
            if (names[count].handle != 0)
                copy_name(names[count++].name, line + sizeof word - 1 + 17, text + size);
        }
    }
    for (int i = 0; i < count; i++)
        if (names[i].handle == (unsigned long)thread->handle)
            return names[i].name;
    return "";
}

/* ---- printing ---- */

typedef void (*describe_func)(const struct sw_thread *thread, char *buf, size_t size);

static void put(const char *text, size_t size)
{
    while (size > 0) {
        ssize_t n = SW_REAL(write)(STDERR_FILENO, text, size);
        if (n <= 0)
            return;
        text += n;
        size -= (size_t)n;
    }
}

static void print_heading(const struct sw_thread *thread, describe_func describe)
{
    const char *name = sw_python_stacks_name(thread);
    char text[256];

    describe(thread, text, sizeof text);
    dprintf(STDERR_FILENO, "T%u%s%s (%s):\n", thread->ordinal, *name != '\0' ? " " : "", name,
            text);
}

/* Whether the line is one of those of which a stack consists. */
static int is_frame(const char *line, const char *end)
{
    return begins_with(line, end, "  ");
}

/* PyPy calls what it was given so. */
static int is_of_questions(const char *line, const char *end)
{
    return begins_with(line, end, "  File \"" OUR_FILE "\"") ||
           begins_with(line, end, "  File \"<builtin>/?\"");
}

static void print_repeated(unsigned *repeated)
{
    if (*repeated > 0)
        dprintf(STDERR_FILENO, "  the same %u more time%s\n", *repeated, *repeated > 1 ? "s" : "");
    *repeated = 0;
}

/* The lines from there on that are frames, and not of the questions. */
static void print_stack(const char *line, const char *end)
{
    const char *next, *before = line;
    unsigned repeated = 0;

    for (; line < end && is_frame(line, end); before = line, line = next) {
        next = next_line(line, end);
        size_t size = (size_t)(next - line);
        if (is_of_questions(line, end))
            continue;
        if (before < line && (size_t)(line - before) == size && memcmp(before, line, size) == 0) {
            repeated++;
            continue;
        }
        print_repeated(&repeated);
        put(line, size);
    }
    print_repeated(&repeated);
}

/* The first line of its stack; NULL: there is none. */
static const char *find_stack(const struct sw_thread *thread, const char *text, const char *end)
{
    for (const char *line = text; line < end; line = next_line(line, end))
        if (number_in_heading(line, end) == (unsigned long)thread->handle)
            return next_line(line, end);
    return NULL;
}

static void print_thread(const struct sw_thread *thread, const char *text, const char *end)
{
    const char *stack = find_stack(thread, text, end);

    if (stack != NULL)
        print_stack(stack, end);
    else
        dprintf(STDERR_FILENO, "  no Python stack\n");
}

static const struct sw_thread *find_handle(unsigned long handle)
{
    struct sw_thread *const *threads;
    uint32_t count = sw_thread_table_live(&threads);

    for (uint32_t i = 0; i < count; i++)
        if ((unsigned long)threads[i]->handle == handle)
            return threads[i];
    return NULL;
}

/* Threads that nobody controls. */
static void print_strangers(const char *text, const char *end)
{
    for (const char *line = text; line < end; line = next_line(line, end)) {
        unsigned long handle = number_in_heading(line, end);
        if (handle == 0 || find_handle(handle) != NULL)
            continue;
        dprintf(STDERR_FILENO, "a thread that is not controlled:\n");
        print_stack(next_line(line, end), end);
    }
}

/* "Tasklet 2 of thread 0x..., ..." with its thread as it is called here. */
static void print_tasklets_of(const struct sw_thread *thread, const char *text, const char *end)
{
    static const char of[] = " of thread 0x";

    for (const char *line = text; line < end; line = next_line(line, end)) {
        const char *body = next_line(line, end);
        const char *where = memmem(line, (size_t)(body - line), of, sizeof of - 1);
        if (where == NULL || number_behind(where, end, of) != (unsigned long)thread->handle ||
            !(begins_with(line, end, "Tasklet ") || begins_with(line, end, "Main tasklet")))
            continue;
        const char *rest = where + sizeof of - 1 + 16;
        put(line, (size_t)(where - line));
        dprintf(STDERR_FILENO, " of T%u", thread->ordinal);
        put(rest, (size_t)(body - 1 - rest));
        put(":\n", 2);
        print_stack(body, end);
    }
}

static int has_stacks(const char *text, const char *end)
{
    for (const char *line = text; line < end; line = next_line(line, end))
        if (number_in_heading(line, end) != 0)
            return 1;
    return 0;
}

static void print_none(void)
{
    if (find("Py_IsInitialized") == NULL && find("pypy_execute_source") == NULL)
        dprintf(STDERR_FILENO, "no Python stacks: no Python interpreter is in this process\n");
    else
        dprintf(STDERR_FILENO,
                "no Python stacks: this interpreter can tell them only to who has its GIL; a "
                "debugger shows them: spillway debug FILE.sched, and py-bt there\n");
}

/* What the interpreter tells of the threads as they are now. */
struct dump {
    const char *text, *end;
    off_t before; /* so much had been told then */
};

static struct dump begin_dump(void)
{
    off_t before = text_fd >= 0 ? SW_REAL(lseek)(text_fd, 0, SEEK_CUR) : 0;
    const char *(*dump)(int, void *, void *) = find_dump();
    void (*dump_tasklets)(int);
    size_t size;

    if (dump != NULL)
        dump(open_text(), NULL, NULL);
    if (FIND(dump_tasklets, "slp_dump_tasklets"))
        dump_tasklets(open_text());
    const char *text = map_text(&size);
    return (struct dump){text, text + size, before};
}

/* The next one finds what had been told before this one, and nothing else. */
static void end_dump(const struct dump *dump)
{
    if (text_fd >= 0 && ftruncate(text_fd, dump->before) == 0)
        SW_REAL(lseek)(text_fd, dump->before, SEEK_SET);
}

void sw_python_stacks_print_one(const struct sw_thread *thread)
{
    const struct dump dump = begin_dump();

    if (has_stacks(dump.text, dump.end))
        print_thread(thread, dump.text, dump.end);
    else
        print_none();
    end_dump(&dump);
}

/* Of what stands behind the line's last slash. */
static uint32_t hash_frame(const char *line, size_t size)
{
    const char *slash = memrchr(line, '/', size);
    uint32_t hash = SW_FNV_32;

    for (const char *at = slash != NULL ? slash : line; at < line + size; at++)
        hash = sw_fnv_32(hash, (unsigned char)*at);
    return hash != 0 ? hash : 1;
}

uint32_t sw_python_stacks_place(const struct sw_thread *thread)
{
    const struct dump dump = begin_dump();
    const char *end = dump.end, *next;
    uint32_t place = 0;

    for (const char *line = find_stack(thread, dump.text, end);
         line != NULL && line < end && is_frame(line, end); line = next) {
        next = next_line(line, end);
        size_t size = (size_t)(next - line);
        int is_library = sw_library_frame_is(line, size);
        if (is_of_questions(line, end) || (place != 0 && is_library))
            continue;
        place = hash_frame(line, size);
        if (!is_library)
            break;
    }
    end_dump(&dump);
    return place;
}

int sw_python_stacks_waits_for_notify(const struct sw_thread *thread)
{
    static const char file[] = "/threading.py\", line ", function[] = " in wait\n";
    const struct dump dump = begin_dump();
    const char *end = dump.end, *line = find_stack(thread, dump.text, end);

    while (line != NULL && line < end && is_of_questions(line, end))
        line = next_line(line, end);
    size_t size = line != NULL && line < end ? (size_t)(next_line(line, end) - line) : 0;
    int waits = size > sizeof function && memmem(line, size, file, sizeof file - 1) != NULL &&
                memcmp(line + size - sizeof function + 1, function, sizeof function - 1) == 0;
    end_dump(&dump);
    return waits;
}

void sw_python_stacks_print(describe_func describe)
{
    struct sw_thread *const *threads;
    uint32_t count = sw_thread_table_live(&threads);
    const struct dump dump = begin_dump();
    const char *text = dump.text, *end = dump.end;

    if (!has_stacks(text, end)) {
        print_none();
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        print_heading(threads[i], describe);
        print_thread(threads[i], text, end);
    }
    print_strangers(text, end);
    for (uint32_t i = 0; i < count; i++)
        print_tasklets_of(threads[i], text, end);
}
