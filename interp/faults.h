/* SPDX-License-Identifier: MIT
 *
 * faults.h - historical faults that can be switched on again.
 *
 * X(ID, NAME, SOURCE, TEXT): NAME is what SLP_FAULTS and --fault take; SOURCE
 * says where the fault was once real.  The faults exist in the lab build only;
 * in slpython SLP_FAULT() is the constant 0 and the faulty lines are gone.
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
      "an exception in transit in the mailbox is raised by a spill that happens to come by")

enum slp_fault {
#define SLP_FAULT_ENUM(id, name, source, text) SLP_FAULT_##id,
    SLP_FAULTS(SLP_FAULT_ENUM)
#undef SLP_FAULT_ENUM
    SLP_FAULT_COUNT
};

#ifdef SLP_LAB
/* One flag a fault, in the order of the list; constant after slp_fault_init(). */
extern unsigned char slp_fault_on[SLP_FAULT_COUNT];
#define SLP_FAULT(id) (__builtin_expect(slp_fault_on[SLP_FAULT_##id], 0))
/* Reads SLP_FAULTS ("name,name").  0, or -1 after one line on stderr that names
 * the unknown fault and the known ones. */
int slp_fault_init(void);
#else
#define SLP_FAULT(id) 0
#endif

#endif
