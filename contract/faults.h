/* SPDX-License-Identifier: MIT
 *
 * faults.h - historical faults that can be switched on again.
 *
 * X(ID, NAME, SOURCE, TEXT): NAME is what SLP_FAULTS and --fault take; SOURCE
 * says where the fault was once real.  The faults exist in the lab build only;
 * in slpython SLP_FAULT() is the constant 0 and the faulty lines are gone.
 *
 * A new one goes to the end of the list: archives of schedules store their numbers.
 */
#ifndef SLP_FAULTS_H
#define SLP_FAULTS_H

#define SLP_FAULTS(X) \
    X(RELEASE_EATS_MAILBOX, "release-eats-mailbox", "Stackless f0312e96cd (May 2012), part 1", \
      "after a switch the deferred object is released with the mailbox still in place") \
    X(IDLE_WAKE_RELEASE_EATS_MAILBOX, "idle-wake-release-eats-mailbox", \
      "Stackless f0312e96cd (May 2012), part 2", \
      "the same, on the way out of a wait for another thread") \
    X(SPILL_ENTRY_EATS_MAILBOX, "spill-entry-eats-mailbox", \
      "Stackless f0312e96cd (May 2012), part 3", \
      "entering a spill claims the mailbox and drops what is in it") \
    X(SPILL_RETURN_EATS_MAILBOX, "spill-return-eats-mailbox", \
      "Stackless, historic repository 7f8d9e870c", \
      "a spilled call's result comes back through the mailbox") \
    X(SPILL_DETONATES_BOMB, "spill-detonates-bomb", "Stackless 398158bd23 (June 2012)", \
      "an exception in transit in the mailbox is raised by a spill that happens to come by") \
    X(IDLE_WAKE_NEVER_RELEASES, "idle-wake-never-releases", \
      "Stackless f0312e96cd (May 2012), part 2", \
      "a thread that has waited never releases what its last switch deferred") \
    X(GLOBAL_RETURN_SLOT, "global-return-slot", \
      "Stackless 2b3df1e57a, #119", \
      "what is set aside during a release is in one slot for all") \
    X(BOMB_TO_NEXT_RUNNABLE, "bomb-to-next-runnable", \
      "Stackless fabb621ac5, ebe2ab6a08", \
      "an uncaught exception goes to whoever is next in the ring") \
    X(DELIVERED_THEN_KILLED, "delivered-then-killed", \
      "CCP scheduler 9204c87; anyio #728; asyncio #256", \
      "a throw drops a value that was received, and tells nobody") \
    X(DISPLACED_VALUE_LEAKS, "displaced-value-leaks", \
      "CCP scheduler 9204c87", \
      "a throw forgets the reference of a value that was received") \
    X(KILL_KEEPS_BALANCE, "kill-keeps-balance", \
      "PyPy #2595; CCP scheduler c4b99dc", \
      "a killed waiter is still counted by its channel") \
    X(KILLED_WAITER_POPS_HEAD, "killed-waiter-pops-head", \
      "CCP scheduler ba93aa0", \
      "the kill of a waiter takes the first one out of the queue, too") \
    X(CALLBACK_TOCTOU, "callback-toctou", \
      "Stackless, channelobject.c to this day", \
      "who is the counterpart is decided before the channel callback, and not again") \
    X(GC_MID_SWITCH, "gc-mid-switch", \
      "greenlet f6fd00f; gevent #1985", \
      "the collector runs when the current tasklet is changed and the stack is not") \
    X(MAILBOX_COPIED_NOT_MOVED, "mailbox-copied-not-moved", \
      "Stackless, historic repository cde6c5b179", \
      "a resumed tasklet leaves a reference in its mailbox") \
    X(PHANTOM_MAIN_RECEIVE, "phantom-main-receive", \
      "Stackless, historic repository d9c6c0e5c7", \
      "with an empty ring the main tasklet goes on, although it waits on a channel") \
    X(EARLY_RELEASE_OF_PREV, "early-release-of-prev", \
      "Stackless, historic repository ede968aad2", \
      "a tasklet that has ended is released before the switch") \
    X(TEMP_CHANNEL_DIES_UNDER_WAITER, "temp-channel-dies-under-waiter", \
      "Stackless, historic repository 446a5ddc3e", \
      "a channel that only a call's expression holds dies under its waiter") \
    X(CALLBACK_FLUSHES_DEFERRED, "callback-flushes-deferred", \
      "Stackless 62ff3afaf6", \
      "the schedule callback finds the deferred object, and it is released") \
    X(UNTRACK_MISSING, "untrack-missing", \
      "Stackless ba126c772e", \
      "a tasklet is taken apart while the collector still knows it") \
    X(FINALISER_SPINS, "finaliser-spins", \
      "Stackless fa7b6bcb3a, #192", \
      "a tasklet that refuses to end is killed again and again") \
    X(FINALISER_MISSING, "finaliser-missing", \
      "Stackless 62a1d10aa6, #92", \
      "a tasklet with a C stack is freed without ending it") \
    X(DEAD_MAILBOX, "dead-mailbox", \
      "Stackless fabb621ac5; historic repository f312d3631a", \
      "the result stays in the mailbox of a tasklet that has ended") \
    X(SPILL_EATS_PENDING_ERROR, "spill-eats-pending-error", \
      "Stackless, historic repository e857de4cde", \
      "a spill clears the exception that is pending") \
    X(SPILL_LOSES_DEPTH, "spill-loses-depth", \
      "Stackless b6af5e91fb, #91", \
      "a spilled call begins with the recursion depth of the old stack forgotten") \
    X(SLICE_STAYS_USED, "slice-stays-used", \
      "class of Stackless ac6e156965, #221", \
      "a slice that has been restored still counts as saved") \
    X(FAILED_TRANSFER_KEEPS_CURRENT, "failed-transfer-keeps-current", \
      "Stackless 2acc2c2d65, #220", \
      "after a switch that failed the target counts as current") \
    X(FAILED_WAIT_STAYS_QUEUED, "failed-wait-stays-queued", \
      "Stackless 2acc2c2d65, #220", \
      "after a switch that failed the waiter stays in the queue") \
    X(REMOTE_INSERT_NO_WAKE, "remote-insert-no-wake", \
      "Stackless ec83287aed; historic repository bc9edda503", \
      "a tasklet is put into the ring of a thread that waits, and that is not woken") \
    X(MARK_AFTER_GIL_DROP, "mark-after-gil-drop", \
      "gevent #2013, #2199", \
      "a thread marks itself as waiting after it has dropped the GIL") \
    X(WAKE_TRUSTS_RING, "wake-trusts-ring", \
      "Stackless 314aa76905", \
      "a woken thread does not look whether its ring is still empty") \
    X(GLOBAL_HANDOFF_SLOT, "global-handoff-slot", \
      "design replaced by Stackless, historic repository 6237695d40", \
      "whom a woken thread runs is in one slot for all threads") \
    X(OP_ON_CALLERS_RING, "op-on-callers-ring", \
      "Stackless cf19af1a0f", \
      "a tasklet taken out of another thread's ring is counted out of the caller's") \
    X(INTERRUPT_INFERRED_FROM_RUNCOUNT, "interrupt-inferred-from-runcount", \
      "Stackless 5688e9cd89", \
      "run(timeout) says who was interrupted by looking who is next") \
    X(THREAD_RECORD_DIES_EARLY, "thread-record-dies-early", \
      "Stackless, historic repository 431d194a74", \
      "a thread's record goes when the thread ends, not with its last tasklet") \
    X(FOREIGN_DEALLOC_KILLS_HERE, "foreign-dealloc-kills-here", \
      "Stackless, historic repository 35ba34f180; greenlet da4ddc0", \
      "the last reference to a tasklet of another thread ends it on this one") \
    X(FOREIGN_DEALLOC_LEAKS, "foreign-dealloc-leaks", \
      "greenlet #252", \
      "the last reference to a tasklet of another thread only forgets it") \
    X(CHANNEL_CALLBACK_ERROR_MIGRATES, "channel-callback-error-migrates", \
      "Stackless, channelobject.c to this day", \
      "a channel callback's exception stays set and the operation goes on") \
    X(SCHEDULE_CALLBACK_ERROR_ESCAPES, "schedule-callback-error-escapes", \
      "Stackless 62ff3afaf6, #38", \
      "a schedule callback's exception stays set and the switch goes on") \
    X(TRAP_COUNTS_FIRST, "trap-counts-first", \
      "CCP scheduler 373bd66; Stackless 8af71447af", \
      "an operation that block_trap refuses has changed the balance") \
    X(FAILED_OP_KEEPS_VALUE, "failed-op-keeps-value", \
      "Stackless 89dd748acf", \
      "an operation that a callback refuses leaves its value in the mailbox") \
    X(DOUBLE_SCHEDULE, "double-schedule", \
      "Stackless deaf98c32d, #85", \
      "insert() of a runnable tasklet puts it into the ring again") \
    X(RING_KEEPS_OLD_HEAD, "ring-keeps-old-head", \
      "Stackless 6cd3f5d1f8, #21", \
      "the head is taken out of the ring and stays its head") \
    X(KILL_KEEPS_RUNCOUNT, "kill-keeps-runcount", \
      "Stackless 3b88f2953f", \
      "a tasklet that ends is still counted as runnable") \
    X(CLOSED_IGNORES_BALANCE, "closed-ignores-balance", \
      "CCP scheduler 14b177b", \
      "closed is true while somebody still waits") \
    X(SOFT_TIMEOUT_BREAKS_PREFERENCE, "soft-timeout-breaks-preference", \
      "Stackless 5a08a273b5", \
      "a soft timeout is taken when a value is handed over") \
    X(TIMEOUT_WAKES_INNERMOST, "timeout-wakes-innermost", \
      "Stackless 216b9961cb", \
      "a timeout makes the innermost run() return, not the one that has it") \
    X(EXC_STATE_LEAKS, "exc-state-leaks", \
      "Stackless 245a802f7a; greenlet #131", \
      "a switch does not exchange the exception that is being handled") \
    X(RECURSION_DEPTH_SHARED, "recursion-depth-shared", \
      "greenlet #172", \
      "a new tasklet begins with the depth of the one that was left") \
    X(TRASH_NESTING_SHARED, "trash-nesting-shared", \
      "greenlet b61b650", \
      "a switch does not exchange the nesting of deallocations") \
    X(DATA_STACK_LEAKS, "data-stack-leaks", \
      "greenlet aa6f251; Stackless #239", \
      "the data stack of a tasklet that has ended is not given back") \
    X(CONTEXT_STAYS_CACHED, "context-stays-cached", \
      "Stackless b6af5e91fb", \
      "a switch does not tell the cache of context variables") \
    X(DEADLOCK_MASKS_ERROR, "deadlock-masks-error", \
      "Stackless ebe2ab6a08", \
      "the error of a tasklet that ends is replaced by a deadlock error") \
    X(MAIN_IGNORES_TASKLET_EXIT, "main-ignores-tasklet-exit", \
      "Stackless 0f6d3e3f85", \
      "TaskletExit, thrown at a main tasklet, is swallowed") \
    X(ATOMIC_IGNORED, "atomic-ignored", \
      "Stackless 68dbbda5af", \
      "an atomic tasklet hands the GIL over") \
    X(TIMEOUT_IGNORES_TRAP, "timeout-ignores-trap", \
      "Stackless 2d383709ea", \
      "a timeout interrupts inside a switch trap") \
    X(THREAD_DEATH_LEAVES_RING, "thread-death-leaves-ring", \
      "Stackless 175877ae24", \
      "tasklets that never ran stay in the ring of a thread that has ended") \
    X(THREAD_DEATH_LEAVES_QUEUE, "thread-death-leaves-queue", \
      "Stackless dd01c8ea3d, #81", \
      "tasklets of a thread that has ended stay in the queues of channels") \
    X(KILL_LOOP_ON_LIVE_LIST, "kill-loop-on-live-list", \
      "Stackless baa885ebbb, #105", \
      "at the end of a thread the next to end is chosen before the last one has") \
    X(KILL_WITHOUT_OWNER_REF, "kill-without-owner-ref", \
      "Stackless 3074b18010", \
      "a paused tasklet that is killed enters the ring without a reference") \
    X(DETACH_BEFORE_KILL, "detach-before-kill", \
      "Stackless e4d467c89f, #103", \
      "the tasklets of a thread that ends are given up before they can end") \
    X(THREAD_END_KEEPS_MAIN, "thread-end-keeps-main", \
      "Stackless 6ab2e5b982, #222", \
      "the end of a thread forgets a reference to its main tasklet") \
    X(ENDING_THREAD_COUNTS, "ending-thread-counts", \
      "Stackless 66f017bbad, #120", \
      "nobody looks for a deadlock when a thread ends") \
    X(REFUSED_SEND_KEEPS_REFERENCE, "refused-send-keeps-reference", \
      "stackless-dev/stackless #117", \
      "an operation that is refused keeps the reference of its value") \
    X(UNDONE_SEND_KEEPS_REFERENCE, "undone-send-keeps-reference", \
      "stackless-dev/stackless #220", \
      "a send whose switch fails keeps the reference of its value") \
    X(RESULT_KEEPS_REFERENCE, "result-keeps-reference", \
      "carbonengine/scheduler #38", \
      "a switch keeps a reference to what it brings") \
    X(QUEUE_SERVES_LAST, "queue-serves-last", \
      "gevent/gevent #1487", \
      "of those that wait on a channel the last is served") \
    X(LATE_WAITER_FIRST, "late-waiter-first", \
      "python/cpython #83055 (asyncio.Queue)", \
      "who waits on a channel is put before those that waited already") \
    X(INSERT_GOES_FIRST, "insert-goes-first", \
      "gevent/gevent #1520", \
      "a tasklet that is inserted runs before those that were runnable") \
    X(YIELD_GOES_SECOND, "yield-goes-second", \
      "python/cpython #31910 (bpo-45997, asyncio.Semaphore)", \
      "who yields runs again after one other, and not after all") \
    X(KILL_BEFORE_START_IGNORED, "kill-before-start-ignored", \
      "gevent/gevent #330, #1473", \
      "a tasklet that is killed before it begins calls its function all the same") \
    X(THROW_AT_RUNNING_IGNORED, "throw-at-running-ignored", \
      "pypy/pypy #1223", \
      "what is thrown at a tasklet that runs is dropped") \
    X(PENDING_KILL_NOT_QUEUED, "pending-kill-not-queued", \
      "class of Stackless 3074b18010", \
      "a paused tasklet that is killed later is not made runnable") \
    X(KILL_LOSES_TO_VALUE, "kill-loses-to-value", \
      "gevent/gevent #394", \
      "what is thrown at a tasklet that has received a value is dropped") \
    X(REFUSED_RUN_EMPTIES_MAILBOX, "refused-run-empties-mailbox", \
      "here, 2026", \
      "a run or switch that is refused in the callback of a send drops what is being sent") \
    X(TRACE_FUNCTION_SHARED, "trace-function-shared", \
      "stackless-dev/stackless #43", \
      "a switch does not exchange trace and profile functions") \
    X(TRACING_DEPTH_SHARED, "tracing-depth-shared", \
      "stackless-dev/stackless #281", \
      "a switch in a trace function leaves the next tasklet untraced") \
    X(USE_TRACING_STALE, "use-tracing-stale", \
      "python-greenlet/greenlet #256", \
      "after a switch the loop does not look whether there is something to trace") \
    X(SPILL_LOSES_TRACING, "spill-loses-tracing", \
      "python/cpython #28542 (bpo-43760)", \
      "a trace function that is set in a spilled call is not called behind it") \
    X(SPILL_ROOT_STAYS, "spill-root-stays", \
      "stackless-dev/stackless #282", \
      "a new tasklet begins with the second stack of the one that was left") \
    X(SPILL_ROOT_LOST, "spill-root-lost", \
      "stackless-dev/stackless #218", \
      "a tasklet that stood on a second stack goes on without knowing") \
    X(FAILED_SPILL_COUNTS, "failed-spill-counts", \
      "class of Stackless 2243ef89bf", \
      "a spill that fails is counted") \
    X(CALLBACK_MAY_SWITCH, "callback-may-switch", \
      "benoitc/gunicorn #2586 (gevent)", \
      "a schedule callback may switch, in the middle of a switch") \
    X(CURRENT_CHANGES_BEFORE_CALLBACK, "current-changes-before-callback", \
      "stackless-dev/stackless #42", \
      "a schedule callback runs as the tasklet that comes") \
    X(CHANNEL_CALLBACK_REENTERS, "channel-callback-reenters", \
      "Stackless, channelobject.c to this day", \
      "a channel callback may send and receive, with the mailbox in use") \
    X(SETUP_MOVES_HOME, "setup-moves-home", \
      "stackless-dev/stackless #60", \
      "who sets up a tasklet of another thread becomes its home") \
    X(BIND_IGNORES_STACK, "bind-ignores-stack", \
      "stackless-dev/stackless #92", \
      "a tasklet in the middle of something can be set up again") \
    X(RUNNABLE_MAY_BE_MOVED, "runnable-may-be-moved", \
      "stackless-dev/stackless #26", \
      "bind_thread() takes one that is in a ring") \
    X(LOST_LOOKS_ALIVE, "lost-looks-alive", \
      "stackless-dev/stackless #44, #92", \
      "a tasklet whose thread has ended looks alive") \
    X(MAIN_OUTLIVES_THREAD, "main-outlives-thread", \
      "python-greenlet/greenlet #252", \
      "the main tasklet of a thread that has ended looks alive") \
    X(KILL_LEAVES_UNSTARTED, "kill-leaves-unstarted", \
      "stackless-dev/stackless #1, #93", \
      "a kill without a thread leaves one alive that never ran") \
    X(SETUP_KEEPS_ENDED, "setup-keeps-ended", \
      "class of stackless-dev/stackless #91", \
      "a tasklet that is set up again looks dead") \
    X(FRAMES_KEPT_BY_CODE, "frames-kept-by-code", \
      "CPython 2.5 to 3.10, co_zombieframe; Stackless's authors, May 2012", \
      "each code object keeps what its last tasklet's frames stood on, as long as it lives")

enum slp_fault {
#define SLP_FAULT_ENUM(id, name, source, text) SLP_FAULT_##id,
    SLP_FAULTS(SLP_FAULT_ENUM)
#undef SLP_FAULT_ENUM
    SLP_FAULT_COUNT
};

#ifdef SLP_LAB
/* A flag for each fault, in the order of the list.  After slp_fault_init() only a hook at a
 * point changes one. */
extern unsigned char slp_fault_on[SLP_FAULT_COUNT];
#define SLP_FAULT(id) (__builtin_expect(slp_fault_on[SLP_FAULT_##id], 0))
/* Reads SLP_FAULTS ("name,name").  0, or -1 after one line on stderr that names
 * the unknown fault and the known ones. */
int slp_fault_init(void);
#else
#define SLP_FAULT(id) 0
static inline int slp_fault_init(void)
{
    return 0;
}
#endif

#endif
