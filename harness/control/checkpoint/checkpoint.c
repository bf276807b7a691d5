/* SPDX-License-Identifier: MIT */
#include "checkpoint.h"

#include <stdio.h>
#include <string.h>

#include "arch/fiber.h"
#include "contract/futex.h"
#include "harness/control/engine/carrier.h"
#include "harness/control/engine/decide.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/real.h"
#include "harness/control/process/pid.h"
#include "harness/control/process/proc_list.h"
#include "harness/control/time/file_times.h"
#include "kernel_state.h"
#include "memory_image.h"
#include "temp_state.h"

/* Away from all else, as the control memory is (attach.c): its address in every run the same, and
 * nobody's neighbour. */
#define ROOM_ADDRESS ((void *)0x0f0000000000)
/* 4 GiB of address space, of which only what is used costs memory: PyPy has some 100 MiB. */
#define ROOM_BYTES ((size_t)4 << 30)

enum { STACK_BYTES = 1 << 18, TEXT_BYTES = 1 << 20, TIDS_MAX = 256, STACK_AHEAD = 1 << 17 };

/* All that is not put back.  It lies in the room. */
struct checkpoint {
    struct sw_fiber home; /* the program's first thread, at the checkpoint */
    struct sw_fiber rewinder; /* whoever puts things back */
    void *abandoned; /* the stack pointer of a schedule that is over: nobody's */
    struct sw_control_shm *shm;
    uint32_t orders; /* that have begun */
    uint32_t ahead; /* schedules of this order before the one under way */
    uint64_t results; /* before it */
    uint64_t changed_signals;
    struct sw_kernel_state kernel;
    struct sw_temp_state temp;
    struct sw_memory_image image;
    struct sw_memory_map is;
    pid_t tids[TIDS_MAX];
    int tid_count;
    uint32_t uncontrolled_count;
    struct sw_uncontrolled uncontrolled[SW_UNCONTROLLED_MAX];
    uint32_t input_count, inputs_used, inputs_lost;
    char text[TEXT_BYTES];
    char stack[STACK_BYTES] __attribute__((aligned(64)));
};

static struct checkpoint *checkpoint; /* NULL: none was taken */
static int is_over; /* none will be */
static uint64_t changed_signals; /* since then; bit number - 1 */

/* ---- may it be here? ---- */

static int wants(enum sw_control_shm_checkpoint when)
{
    const struct sw_control_shm *shm = sw_engine.shm;

    return !is_over && checkpoint == NULL && shm != NULL && shm->checkpoint >= (uint32_t)when &&
           sw_engine.on && sw_engine_own == sw_engine.current && sw_engine_own->ordinal == 0 &&
           sw_engine.carrier == &sw_carrier_fibers;
}

static int is_alone(void)
{
    return sw_engine.live_count == 1;
}

/* For the runner, which says so; the program goes on as if nobody had wanted one. */
static void refuse(const char *why)
{
    struct sw_control_shm *shm = sw_engine.shm;

    is_over = 1;
    shm->checkpoint_refused = 1;
    snprintf(shm->checkpoint_note, sizeof shm->checkpoint_note, "%s", why);
}

/* ---- keeping ---- */

static int take_tid(long tid, void *context)
{
    struct checkpoint *c = context;

    if (c->tid_count == TIDS_MAX)
        return -1;
    c->tids[c->tid_count++] = (pid_t)tid;
    return 0;
}

/* What the schedule's own part of the control memory says at this point. */
static void keep_told(struct checkpoint *c)
{
    c->uncontrolled_count = c->shm->uncontrolled_count;
    memcpy(c->uncontrolled, c->shm->uncontrolled, sizeof c->uncontrolled);
    c->input_count = c->shm->inputs.count;
    c->inputs_used = c->shm->inputs.used;
    c->inputs_lost = c->shm->inputs.lost;
}

/* What the image reads from stays open. */
static int open_image(struct checkpoint *c)
{
    struct sw_written_pages *written = &c->image.written;

    if (sw_memory_image_open(&c->image) < 0)
        return -1;
    c->image.maps = sw_kernel_state_keep(&c->kernel, c->image.maps);
    written->list = sw_kernel_state_keep(&c->kernel, written->list);
    if (written->marks >= 0)
        written->marks = sw_kernel_state_keep(&c->kernel, written->marks);
    return c->image.maps < 0 || written->list < 0 ? -1 : 0;
}

static int take(struct checkpoint *c, char *why, size_t size)
{
    const uintptr_t ours[] = {(uintptr_t)c, (uintptr_t)c->shm, (uintptr_t)sw_pid_shared(),
                              (uintptr_t)sw_file_times_memory()};
    enum { OURS = sizeof ours / sizeof *ours };

    c->tid_count = 0;
    if (sw_proc_list_folder("/proc/self/task", take_tid, c) < 0) {
        snprintf(why, size, "it has more than %d threads, or /proc cannot be read", TIDS_MAX);
        return -1;
    }
    if (sw_kernel_state_take(&c->kernel, why, size) < 0)
        return -1;
    keep_told(c);
    sw_temp_state_take(&c->temp);
    if (open_image(c) < 0 ||
        sw_memory_image_take(&c->image, ours, OURS, c->text, sizeof c->text) < 0) {
        snprintf(why, size, "its memory cannot be kept");
        return -1;
    }
    if (sw_memory_image_shared(&c->image, ours, OURS) != 0) {
        snprintf(why, size, "memory is shared with other processes");
        return -1;
    }
    return 0;
}

/* ---- going back ---- */

/* The process cannot be made as it was: the runner sees it end, and starts another one. */
static void __attribute__((noreturn)) give_up(void)
{
    SW_REAL(syscall)(SYS_exit_group, 0);
    __builtin_unreachable();
}

static void rewind_all(struct checkpoint *c)
{
    if (sw_carrier_fibers_vanish(c->tids, c->tid_count) < 0 ||
        sw_kernel_state_restore(&c->kernel, c->changed_signals) < 0 ||
        sw_temp_state_restore(&c->temp) < 0 ||
        sw_memory_image_restore(&c->image, &c->is, c->text, sizeof c->text) < 0)
        give_up();
    c->changed_signals = 0;
}

/* ---- orders ---- */

/* Everything that a schedule writes there, as it was. */
static void begin_order(struct checkpoint *c)
{
    struct sw_control_shm *shm = c->shm;

    c->results = shm->result_count;
    shm->end = SW_END_NONE;
    shm->report[0] = '\0';
    shm->decision_count = 0;
    shm->hash = SW_DECISION_SEED;
    shm->lost = 0;
    shm->signature = 0;
    shm->exit_status = -1;
    shm->loop_under_way = 0;
    shm->taken.count = shm->taken.pool_used = 0;
    shm->log.count = shm->log.pool_used = shm->log.lost = 0;
    shm->trace.count = 0;
    shm->uncontrolled_count = c->uncontrolled_count;
    memcpy(shm->uncontrolled, c->uncontrolled, sizeof c->uncontrolled);
    shm->inputs.count = c->input_count;
    shm->inputs.used = c->inputs_used;
    shm->inputs.lost = c->inputs_lost;
    memset(shm->chosen, 0, sizeof shm->chosen);
    memset(shm->made_by, 0, sizeof shm->made_by);
}

static void wait_for_order(struct checkpoint *c)
{
    sw_futex_wait_while(SW_REAL(syscall), &c->shm->posted, c->orders, 0);
    if (c->shm->posted_last)
        give_up();
    c->orders++;
    c->ahead = 0;
    begin_order(c);
}

/* The order is for one more, and the runner need not know first how this one ended. */
static int begin_next(struct checkpoint *c)
{
    struct sw_control_shm *shm = c->shm;
    int is_told = shm->result_count == c->results + 1 &&
                  shm->results[c->results % SW_RESULTS_MAX].outcome == SW_LOOP_PASSED;

    if (!is_told || shm->uncontrolled_count != c->uncontrolled_count || shm->pool_refused > 0 ||
        c->ahead >= __atomic_load_n(&shm->ahead, __ATOMIC_RELAXED))
        return 0;
    c->ahead++;
    begin_order(c);
    shm->seed += shm->loop_step;
    return 1;
}

/* On a stack of its own.  Each turn of the loop is a schedule. */
static void rewinder_main(void *argument)
{
    struct checkpoint *c = argument;
    char why[SW_UNCONTROLLED_TEXT] = "";

    if (take(c, why, sizeof why) < 0) {
        sw_kernel_state_drop(&c->kernel);
        refuse(why);
        sw_fiber_switch(&c->abandoned, c->home.sp, c->home.fs);
    }
    c->shm->drew_before = c->shm->drew;
    /* Of what imports have gone over, each program would hear. */
    c->shm->follows &= ~(uint32_t)SW_FOLLOWS_LAYOUT;
    c->shm->checkpoints++;
    for (;;) {
        wait_for_order(c);
        do {
            sw_fiber_switch(&c->rewinder.sp, c->home.sp, c->home.fs);
            rewind_all(c);
        } while (begin_next(c));
        sw_futex_set(SW_REAL(syscall), &c->shm->served, c->orders, 0);
    }
}

/* The stack grows by faults: what a schedule is likely to need is there from the start. */
static __attribute__((noinline)) void grow_stack(void)
{
    volatile char ahead[STACK_AHEAD];

    for (size_t i = 0; i < sizeof ahead; i += SW_PAGE)
        ahead[sizeof ahead - 1 - i] = 0;
}

/* Returns once for each schedule. */
static __attribute__((noipa)) void take_here(void)
{
    void *room =
        SW_REAL(mmap)(ROOM_ADDRESS, ROOM_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

    if (room == MAP_FAILED) {
        refuse("there is no address space for a copy");
        return;
    }
    grow_stack();
    sw_carrier_fibers_prepare(sw_engine.shm->spares);
    changed_signals = 0;
    struct checkpoint *c = checkpoint = room;
    c->shm = sw_engine.shm;
    c->image.room = (uint8_t *)room + ((sizeof *c + SW_PAGE - 1) & ~(size_t)(SW_PAGE - 1));
    c->image.room_end = (uint8_t *)room + ROOM_BYTES;
    c->home.fs = (uintptr_t)pthread_self();
    sw_fiber_prepare(&c->rewinder, c->stack + sizeof c->stack, rewinder_main, c);
    sw_fiber_switch(&c->home.sp, c->rewinder.sp, c->home.fs);
    if (is_over) {
        checkpoint = NULL;
        SW_REAL(munmap)(room, ROOM_BYTES);
    } else {
        sw_engine.hooks->restart_outside();
    }
}

/* Where no loop of schedules asks for its own driver. */
static void take_and_begin(void)
{
    take_here();
    if (checkpoint != NULL && sw_engine.shm->loop_count == 0)
        sw_engine.driver = sw_decide_driver(&sw_engine);
}

/* ---- where ---- */

/* Of a test decisions before its schedule begins belong to none. */
void sw_checkpoint_before_decision(void)
{
    if (!wants(SW_CHECKPOINT_LATE) || !is_alone() ||
        (sw_engine.shm->loop_count > 0 && sw_engine.shm->checkpoint == SW_CHECKPOINT_LATE))
        return;
    /* A schedule that began here would not list what a replay needs before. */
    if (sw_engine.shm->loop_count == 0 && sw_engine.shm->taken.count > 0)
        refuse("something came from outside before");
    else
        take_and_begin();
}

void sw_checkpoint_before_outside(const char *what)
{
    if (!wants(SW_CHECKPOINT_EARLY) || !is_alone())
        return;
    snprintf(sw_engine.shm->checkpoint_note, sizeof sw_engine.shm->checkpoint_note, "%s", what);
    take_and_begin();
}

int sw_checkpoint_at_begin(void)
{
    if (wants(SW_CHECKPOINT_LATE))
        take_here();
    return checkpoint != NULL;
}

/* ---- the end of a schedule ---- */

void sw_checkpoint_end(int status)
{
    struct checkpoint *c = checkpoint;

    if (c == NULL || is_over)
        return;
    /* Nothing of the engine's may run any more, and no handler of the program's. */
    sw_engine.on = 0;
    uint64_t all = ~(uint64_t)0;
    SW_REAL(syscall)(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
    c->shm->exit_status = status & 0xff;
    c->changed_signals = changed_signals;
    sw_fiber_switch(&c->abandoned, c->rewinder.sp, c->home.fs);
    __builtin_unreachable();
}

void sw_checkpoint_signal_changed(int number)
{
    changed_signals |= (uint64_t)1 << (number - 1);
}

void sw_checkpoint_forget(void)
{
    is_over = 1;
}
