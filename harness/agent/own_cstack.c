/* SPDX-License-Identifier: MIT */
#include "own_cstack.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include "event_writer.h"

/* The kernel puts 3.5 KiB there (AT_MINSIGSTKSZ with AVX-512), and the unwinder of gcc 12 needs as
 * much again, measured with 60 frames: 7 KiB of 64.  The rest is for unwinders that need more; a
 * page that is not touched costs nothing. */
enum { SIGNAL_STACK_BYTES = 1 << 16 };

struct walk {
    struct sw_event_shm_stack *out;
    uintptr_t above; /* frames whose stack pointer is not above it are left out */
    uintptr_t skipped; /* start of a function that is left out if it comes first */
    uint32_t most; /* frames; 0: as many as there is room for */
    uintptr_t from_pc; /* if not 0: all before this address are left out instead */
};

static const int deadly[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};
static sw_text (*current_tasklet)(void);
static __thread void *signal_stack;

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *arg)
{
    struct walk *walk = arg;
    struct sw_event_shm_stack *out = walk->out;
    int exact = 0;
    uintptr_t pc = _Unwind_GetIPInfo(context, &exact);

    if (pc == 0)
        return _URC_END_OF_STACK;
    /* In a handler the innermost frames are the handler's own and the kernel's; the frame that
     * crashed is known by its address. */
    if (walk->from_pc != 0 && pc != walk->from_pc)
        return _URC_NO_REASON;
    walk->from_pc = 0;
    /* The stack grows downwards: what is not above the agent's frame is the agent's, too. */
    if (_Unwind_GetCFA(context) <= walk->above)
        return _URC_NO_REASON;
    if (out->frame_count == 0 && walk->skipped != 0 &&
        (uintptr_t)_Unwind_GetRegionStart(context) == walk->skipped)
        return _URC_NO_REASON;
    if (out->frame_count == (walk->most != 0 ? walk->most : SW_FRAMES_MAX)) {
        out->truncated = 1;
        return _URC_END_OF_STACK;
    }
    /* The first is to be read as an instruction that runs: inside its call. */
    out->frames[out->frame_count] = out->frame_count == 0 && !exact ? pc - 1 : pc;
    out->frame_count++;
    return _URC_NO_REASON;
}

void sw_own_cstack_capture(struct sw_event_shm_stack *out, const void *frame, uintptr_t skipped)
{
    struct walk walk = {.out = out, .above = (uintptr_t)frame, .skipped = skipped};

    out->frame_count = 0;
    out->truncated = 0;
    _Unwind_Backtrace(step, &walk);
}

/* Only what a signal handler may call.  The last byte stays 0: it ends the text. */
static void copy_maps(struct sw_event_shm *event_shm)
{
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;

    if (fd < 0)
        return;
    while (event_shm->maps_used < SW_MAPS_MAX - 1u &&
           (got = read(fd, event_shm->maps + event_shm->maps_used,
                       SW_MAPS_MAX - 1u - event_shm->maps_used)) > 0)
        event_shm->maps_used += (uint32_t)got;
    close(fd);
}

/* The maps are taken once, with the first stack: they are some hundred lines, and 128 KiB
 * (SW_MAPS_MAX) is room for one copy.  What is loaded later has no name in the report. */
static struct sw_event_shm_stack *next_stack(struct sw_event_shm *event_shm)
{
    if (event_shm->stack_count >= SW_STACKS_KEPT)
        return NULL;
    if (event_shm->maps_used == 0)
        copy_maps(event_shm);
    return &event_shm->stacks[event_shm->stack_count];
}

uint32_t sw_own_cstack_keep(const struct sw_event_shm_stack *stack)
{
    struct sw_event_shm *event_shm = sw_event_writer_event_shm();
    struct sw_event_shm_stack *slot = next_stack(event_shm);

    if (slot == NULL)
        return 0;
    assert(stack->frame_count <= SW_FRAMES_MAX);
    slot->frame_count = stack->frame_count;
    slot->truncated = stack->truncated;
    memcpy(slot->frames, stack->frames, sizeof *slot->frames * stack->frame_count);
    /* Counted when it is whole, so that a crash in the copy leaves the others readable. */
    return ++event_shm->stack_count;
}

/* Innermost frames are enough to tell which operation it is: 24 lead to its beginning. */
enum { NOTED_FRAMES = 24, NOTED_MAX = SW_STACKS_MAX - SW_STACKS_KEPT };

void sw_own_cstack_note(uint32_t number, const void *frame, uintptr_t skipped)
{
    static uint32_t owners[NOTED_MAX], next;
    struct sw_event_shm *event_shm = sw_event_writer_event_shm();
    struct sw_event *event = sw_event_writer_at(number);
    struct sw_event_shm_stack *slot = &event_shm->stacks[SW_STACKS_KEPT + next];
    struct walk walk = {
        .out = slot, .above = (uintptr_t)frame, .skipped = skipped, .most = NOTED_FRAMES};

    if (event == NULL || event->stack != 0)
        return;
    if (event_shm->maps_used == 0)
        copy_maps(event_shm);
    if (owners[next] != 0)
        sw_event_writer_at(owners[next])->stack = 0;
    slot->frame_count = slot->truncated = 0;
    _Unwind_Backtrace(step, &walk);
    owners[next] = number;
    event->stack = SW_STACKS_KEPT + ++next;
    next %= NOTED_MAX;
}

static uintptr_t pc_of(const ucontext_t *context)
{
#if defined(__x86_64__)
    return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uintptr_t)context->uc_mcontext.pc;
#else
    (void)context;
    return 0;
#endif
}

static void crash_stack(struct sw_event *event, const ucontext_t *context)
{
    struct sw_event_shm *event_shm = sw_event_writer_event_shm();
    struct sw_event_shm_stack *slot = next_stack(event_shm);
    struct walk walk = {.out = slot, .from_pc = pc_of(context)};

    if (slot == NULL)
        return;
    /* Unwinding a broken stack may crash again: first what is known for sure. */
    slot->frames[0] = walk.from_pc;
    slot->frame_count = 1;
    slot->truncated = 0;
    event->stack = ++event_shm->stack_count;
    slot->frame_count = 0;
    _Unwind_Backtrace(step, &walk);
    /* A jump to nowhere: no frame of the unwinder has the address that crashed. */
    if (slot->frame_count == 0) {
        slot->frames[0] = pc_of(context);
        slot->frame_count = 1;
    }
}

static void on_crash(int number, siginfo_t *info, void *context)
{
    const struct sw_event event = {.kind = SW_EVENT_CRASH,
                                   .count = (uint32_t)number,
                                   .who = current_tasklet != NULL ? current_tasklet() : 0};
    uint32_t at = sw_event_writer_append(&event);

    (void)info;
    if (at != 0)
        crash_stack(sw_event_writer_at(at), context);
    /* SA_RESETHAND: blocked until the handler returns, then deadly. */
    raise(number);
}

static _Unwind_Reason_Code stop_at_once(struct _Unwind_Context *context, void *arg)
{
    (void)context;
    (void)arg;
    return _URC_END_OF_STACK;
}

void sw_own_cstack_catch_crashes(sw_text (*current)(void))
{
    struct sigaction action = {.sa_sigaction = on_crash,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND};

    current_tasklet = current;
    sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < sizeof deadly / sizeof *deadly; i++)
        sigaction(deadly[i], &action, NULL);
    /* Its first call may load and allocate; not in a handler, please. */
    _Unwind_Backtrace(stop_at_once, NULL);
}

void sw_own_cstack_ignore_crashes(void)
{
    for (unsigned i = 0; i < sizeof deadly / sizeof *deadly; i++)
        signal(deadly[i], SIG_DFL);
}

void sw_own_cstack_enter_thread(void)
{
    assert(signal_stack == NULL);
    void *memory =
        mmap(NULL, SIGNAL_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    /* Without one a stack overflow ends the process without a word; all else can still be told. */
    if (memory == MAP_FAILED)
        return;
    const stack_t stack = {.ss_sp = memory, .ss_size = SIGNAL_STACK_BYTES};
    if (sigaltstack(&stack, NULL) == 0)
        signal_stack = memory;
    else
        munmap(memory, SIGNAL_STACK_BYTES);
}

void sw_own_cstack_leave_thread(void)
{
    const stack_t none = {.ss_flags = SS_DISABLE};

    if (signal_stack == NULL)
        return;
    sigaltstack(&none, NULL);
    munmap(signal_stack, SIGNAL_STACK_BYTES);
    signal_stack = NULL;
}
