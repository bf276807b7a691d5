/* SPDX-License-Identifier: MIT
 *
 * fake_interp.c - plays the interpreter for check_runner.c and check_command.c.
 *
 * It does what the name says by which it was started, since the runner empties
 * the environment: fake-good does each step of its plan at once, fake-crashes
 * dies, and so on; see the table at the end.  Files that it makes to talk to
 * the test are in the current directory.
 */
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "contract/event_shm.h"

/* By such names the runner tells an interpreter from /bin/ls (interp_kind.h). */
int Py_IsInitialized(void);
int Py_IsInitialized(void)
{
    return 1;
}

static struct sw_event_shm *event_shm;

static void attach(void)
{
    const char *number = getenv(SW_EVENT_SHM_ENV);
    void *map = number == NULL ? MAP_FAILED
                               : mmap(NULL, sizeof *event_shm, PROT_READ | PROT_WRITE, MAP_SHARED,
                                      atoi(number), 0);

    if (map == MAP_FAILED)
        _exit(99);
    event_shm = map;
    event_shm->attached = SW_EVENT_SHM_MAGIC;
}

static sw_text text(const char *s)
{
    return sw_event_shm_text_add(event_shm, s, (uint32_t)strlen(s));
}

static void append(struct sw_event event)
{
    event.index = event_shm->event_count;
    event_shm->events[event_shm->event_count++] = event;
}

static void do_moves(void)
{
    for (uint32_t i = 0; i < event_shm->plan.move_count; i++) {
        sw_text step = event_shm->plan.steps[event_shm->plan.moves[i].step].name;
        append((struct sw_event){.kind = SW_EVENT_MOVE, .move = i + 1, .who = step});
        append((struct sw_event){.kind = SW_EVENT_DONE, .move = i + 1, .who = step});
    }
}

static void finish(void)
{
    append((struct sw_event){.kind = SW_EVENT_FINISHED});
    _exit(0);
}

static const char *schedule(void)
{
    return sw_event_shm_text(event_shm, event_shm->plan.schedule);
}

/* ---- files, to talk to the test ---- */

static void make_file(const char *name)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        _exit(98);
    close(fd);
}

/* Not a verdict's clock: the watchdog ends a wait in vain. */
static void await_file(const char *name)
{
    while (access(name, F_OK) != 0)
        usleep(1000);
}

static void hang(void)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    for (;;)
        pause();
}

/* ---- what it can do ---- */

/* A sanitizer would catch it. */
static void die(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

static void good(void)
{
    do_moves();
    finish();
}

static void crashes(void)
{
    do_moves();
    append((struct sw_event){
        .kind = SW_EVENT_CRASH, .move = 1, .who = text("worker"), .count = SIGSEGV});
    die(SIGSEGV);
}

static void is_killed(void)
{
    die(SIGKILL);
}

static void hangs(void)
{
    hang();
}

/* Only in the schedule "hang". */
static void hangs_once(void)
{
    if (strcmp(schedule(), "hang") != 0)
        good();
    make_file("hanging");
    hang();
}

static void exits_early(void)
{
    do_moves();
    exit(7);
}

static void exits_late(void)
{
    do_moves();
    append((struct sw_event){.kind = SW_EVENT_FINISHED});
    _exit(3);
}

static void prints_much(void)
{
    static char line[1 << 16];

    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    for (int i = 0; i < 2000; i++)
        if (write(STDOUT_FILENO, line, sizeof line) < 0)
            break; /* the limit */
    lseek(STDOUT_FILENO, -64, SEEK_CUR);
    dprintf(STDERR_FILENO, "the very end");
    exit(7);
}

static void prints_strangely(void)
{
    static const char strange[] = "a\0b\x1b[31m \x7f \xff\xfe \xc3\xa9 ]]> <&\"' \xed\xa0\x80 "
                                  "\xef\xbf\xbf \xc2\x85 \r\n\n\xf0\x9f\x98";

    append((struct sw_event){.kind = SW_EVENT_SETUP_RAISED,
                             .text = text("Err\x01or<"),
                             .note = text("two\nlines \xff \x1b[0m \xc3\xa9 ]]>")});
    if (write(STDOUT_FILENO, strange, sizeof strange - 1) < 0)
        _exit(97);
    exit(1);
}

/* A child in the group, one that left it, and a child of that one; each holds a
 * lock as long as it lives. */
static void forks(void)
{
    int alive = open("alive", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (alive < 0 || flock(alive, LOCK_SH) < 0)
        _exit(98);
    if (fork() == 0)
        hang();
    if (fork() == 0) {
        setsid();
        fork();
        make_file("has-forked");
        hang();
    }
    await_file("has-forked");
    if (strcmp(schedule(), "hang") != 0)
        good();
    make_file("hanging");
    hang();
}

static void differs(void)
{
    char name[32];

    snprintf(name, sizeof name, "worker-%d", (int)getpid());
    do_moves();
    append((struct sw_event){.kind = SW_EVENT_ENDS, .move = 1, .who = text(name)});
    finish();
}

/* The schedule "first" ends after the schedule "second". */
static void late_first(void)
{
    if (strcmp(schedule(), "first") == 0)
        await_file("second-is-over");
    if (strcmp(schedule(), "second") == 0)
        make_file("second-is-over");
    good();
}

static void fills_up(void)
{
    do_moves();
    event_shm->events_lost = 5;
    finish();
}

/* ---- scribbling ---- */

static uint64_t state;

static uint32_t random32(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) << 1 | (uint32_t)(state >> 63);
}

static void scribble_bytes(void *start, size_t size)
{
    uint32_t *at = start;

    for (size_t i = 0; i < size / sizeof *at; i++)
        at[i] = random32();
}

/* Kinds that exist, and texts anywhere. */
static void scribble_events(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct sw_event *event = &event_shm->events[i];
        scribble_bytes(event, sizeof *event);
        event->kind = (uint16_t)(random32() % SW_EVENT_COUNT);
        event->move = random32() % 4;
        event->stack = random32() % (SW_STACKS_KEPT + 4);
        event->who %= SW_TEXT_MAX;
        event->text = SW_TEXT_MAX - 1 - random32() % 100;
        event->note = random32() % 4000;
    }
    event_shm->event_count = count;
}

static void scribble_maps(void)
{
    char folder[2000];

    if (getcwd(folder, sizeof folder) == NULL)
        _exit(97);
    int length = snprintf(event_shm->maps, sizeof event_shm->maps,
                          "00400000-00500000 r-xp 00000000 00:00 1  %s/a-pipe\n"
                          "00500000-00600000 r-xp 00000000 00:00 1  /dev/zero\n"
                          "00600000-ffffffff r-xp 00000000 00:00 1  %s/s.spec\n"
                          "nonsense\n",
                          folder, folder);
    event_shm->maps_used = random32() % 2 ? (uint32_t)length : UINT32_MAX;
    event_shm->stack_count = random32() % 2 ? SW_STACKS_KEPT : UINT32_MAX;
    for (uint32_t i = 0; i < SW_STACKS_KEPT + 2; i++) {
        scribble_bytes(&event_shm->stacks[i], sizeof event_shm->stacks[i]);
        for (uint32_t k = 0; k < SW_FRAMES_MAX; k++)
            if (random32() % 2)
                event_shm->stacks[i].frames[k] = 0x400000 + random32() % 0x200000;
    }
}

/* The schedule's name, "s17", is the seed. */
static void scribbles(void)
{
    unsigned seed = (unsigned)atoi(schedule() + 1);

    state = seed * UINT64_C(2654435761) + 1;
    do_moves();
    scribble_maps();
    switch (seed % 6) {
    case 0: /* everything, with the plan */
        scribble_bytes(event_shm, sizeof *event_shm);
        break;
    case 1: /* everything below the line but the texts */
        scribble_bytes(&event_shm->attached, offsetof(struct sw_event_shm, text) -
                                                 offsetof(struct sw_event_shm, attached));
        event_shm->attached = SW_EVENT_SHM_MAGIC;
        break;
    case 2: /* one endless text */
        memset(event_shm->text, 'x', sizeof event_shm->text);
        scribble_events(3000);
        break;
    case 3: /* no text is UTF-8 */
        scribble_bytes(event_shm->text, sizeof event_shm->text);
        scribble_events(500);
        break;
    case 4: /* plausible, but not to be believed */
        scribble_events(200);
        event_shm->event_count = UINT32_MAX;
        event_shm->text_used = UINT32_MAX;
        break;
    default:
        scribble_events(SW_EVENTS_MAX);
        break;
    }
    if (seed % 3 == 0)
        die(SIGSEGV);
    _exit(seed % 3 == 1 ? 0 : 1);
}

/* ---- programs ---- */

/* Prints its arguments, and what it reads. */
static void echoes(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        printf("not ok %d - <%s>\n", i, argv[i]);
    fflush(stdout);
    _exit(argc > 1 && strcmp(argv[argc - 1], "fail") == 0 ? 5 : 0);
}

static void has_no_agent(void)
{
    _exit(0);
}

/* By this the runner knows slpython-lab. */
extern void *slp_point_current_hook;
void *slp_point_current_hook;

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } plays[] = {
        {"fake-good", good},
        {"fake-crashes", crashes},
        {"fake-is-killed", is_killed},
        {"fake-hangs", hangs},
        {"fake-hangs-once", hangs_once},
        {"fake-exits-early", exits_early},
        {"fake-exits-late", exits_late},
        {"fake-prints-much", prints_much},
        {"fake-prints-strangely", prints_strangely},
        {"fake-forks", forks},
        {"fake-differs", differs},
        {"fake-late-first", late_first},
        {"fake-fills-up", fills_up},
        {"fake-scribbles", scribbles},
    };
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash != NULL ? slash + 1 : argv[0];

    if (strcmp(name, "fake-has-no-agent") == 0)
        has_no_agent();
    attach();
    if (strcmp(name, "fake-echoes") == 0)
        echoes(argc, argv);
    for (size_t i = 0; i < sizeof plays / sizeof *plays; i++)
        if (strcmp(name, plays[i].name) == 0)
            plays[i].run();
    fprintf(stderr, "fake_interp: do not know how to play %s\n", name);
    return 96;
}
