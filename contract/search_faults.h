/* SPDX-License-Identifier: MIT
 *
 * search_faults.h - rules of the tracer and steps of dpor that can be switched off, one at a time.
 *
 * They are there so that fuzz/oracle can show that it would notice.  Each is in one build only:
 * those of the tracer in the lab's (harness/tracer/lab), those of dpor in the program dpor-oracle;
 * elsewhere SW_SEARCH_FAULT() is the constant 0.
 *
 * X(ID, NAME, SHAPE, OPERATION, TEXT): SHAPE and OPERATION say what a program has to have for the
 * fault to matter (fuzz/oracle/shapes): the shape's name, and a part of one of its operations; "":
 * any.
 */
#ifndef SW_SEARCH_FAULTS_H
#define SW_SEARCH_FAULTS_H

/* What harness/tracer/lab does to one rule of the tracer. */
#define SW_TRACER_FAULTS(X) \
    X(LOAD_GLOBAL, "load-global", "global", "$o", "reading a global is nothing") \
    X(STORE_GLOBAL, "store-global", "global", "$o = $v", "writing a global is nothing") \
    X(STORE_GLOBAL_READS, "store-global-reads", "global", "$o = $v", "writing one is reading") \
    X(DELETE_GLOBAL, "delete-global", "global", "del $o", "deleting a global is nothing") \
    X(LOAD_NAME, "load-name", "namespace of exec", "y = x, x", \
      "reading a name of exec() is nothing") \
    X(STORE_NAME, "store-name", "namespace of exec", "x += ", "writing one is nothing") \
    X(DELETE_NAME, "delete-name", "namespace of exec", "x = 1; del x", "deleting one is nothing") \
    X(LOAD_ATTR, "load-attr", "attribute", "$o.x", "reading an attribute is nothing") \
    X(STORE_ATTR, "store-attr", "attribute", "$o.x = $v", "writing an attribute is nothing") \
    X(STORE_ATTR_READS, "store-attr-reads", "attribute", "$o.x = $v", "writing one is reading") \
    X(STORE_ATTR_OTHER, "store-attr-other", "attribute", "$o.x = $v", \
      "writing one is writing another") \
    X(DELETE_ATTR, "delete-attr", "attribute", "del $o.x", "deleting an attribute is nothing") \
    X(LOAD_DEREF, "load-deref", "cell", "$o[0]()", "reading a cell is nothing") \
    X(LOAD_CLASSDEREF, "load-classderef", "cell", "$o[4]()", \
      "reading one in a class is nothing") \
    X(STORE_DEREF, "store-deref", "cell", "$o[1](", "writing a cell is nothing") \
    X(STORE_DEREF_READS, "store-deref-reads", "cell", "$o[1](", "writing one is reading") \
    X(DELETE_DEREF, "delete-deref", "cell", "$o[3]()", "deleting a cell is nothing") \
    X(BINARY_SUBSCR, "binary-subscr", "list", "$o[$k]", "reading an item is nothing") \
    X(STORE_SUBSCR, "store-subscr", "list", "$o[$k] = $v", "writing an item is nothing") \
    X(STORE_SUBSCR_READS, "store-subscr-reads", "list", "$o[$k] = $v", "writing one is reading") \
    X(DELETE_SUBSCR, "delete-subscr", "list", "del $o[$k]", "deleting an item is nothing") \
    X(BINARY_OP, "binary-op", "list that is emptied", "$o * 2", \
      "adding to a list anew is nothing") \
    X(INPLACE_OP, "inplace-op", "list that is emptied", "$o *= 2", \
      "adding to a list is nothing") \
    X(INPLACE_OP_READS, "inplace-op-reads", "list that is emptied", "$o *= 2", \
      "adding to one is reading") \
    X(COMPARE_OP, "compare-op", "list that is emptied", "$o == [1]", "comparing is nothing") \
    X(CONTAINS_OP, "contains-op", "list that is emptied", "1 in $o", \
      "looking for an item is nothing") \
    X(LIST_EXTEND, "list-extend", "list", "[*$o]", "a list with a star is nothing") \
    X(SET_UPDATE, "set-update", "list", "{*$o}", "a set with a star is nothing") \
    X(DICT_UPDATE, "dict-update", "dict", "{**$o}", "a dict with two stars is nothing") \
    X(DICT_MERGE, "dict-merge", "dict", "keywords(**$o)", "a call with two stars is nothing") \
    X(UNPACK_SEQUENCE, "unpack-sequence", "list", "a, b = $o", "unpacking is nothing") \
    X(UNPACK_EX, "unpack-ex", "list", "a, *b = $o", "unpacking with a star is nothing") \
    X(UNARY_NOT, "unary-not", "list that is emptied", "not $o", \
      "asking whether it is empty is nothing") \
    X(JUMP_IF_FALSE, "jump-if-false", "list that is emptied", "if $o:", "an if is nothing") \
    X(JUMP_IF_FALSE_OR_POP, "jump-if-false-or-pop", "list that is emptied", "$o and 7", \
      "an and is nothing") \
    X(JUMP_IF_TRUE_OR_POP, "jump-if-true-or-pop", "list that is emptied", "$o or 7", \
      "an or is nothing") \
    X(FORMAT_VALUE, "format-value", "list", "f\"{$o}\"", "a formatted string is nothing") \
    X(FOR_ITER, "for-iter", "list", "for x in $o", "the next round of a loop is nothing") \
    X(CALL_LIST_WRITES, "call-list-writes", "list", "$o.append($v)", \
      "changing a list is nothing") \
    X(CALL_LIST_READS, "call-list-reads", "list", "len($o)", "looking at a list is nothing") \
    X(CALL_LIST_MIXED, "call-list-mixed", "list", "$o.append($v)", "changing a list is reading") \
    X(CALL_DICT_WRITES, "call-dict-writes", "dict", "$o.update(a", "changing a dict is nothing") \
    X(CALL_DICT_READS, "call-dict-reads", "dict", "$o.get(", "looking at a dict is nothing") \
    X(CALL_DICT_MIXED, "call-dict-mixed", "dict", "$o.update(a", "changing a dict is reading") \
    X(CALL_SET_WRITES, "call-set-writes", "set", "$o.add(", "changing a set is nothing") \
    X(CALL_SET_READS, "call-set-reads", "set", "len($o)", "looking at a set is nothing") \
    X(CALL_DEQUE_WRITES, "call-deque-writes", "deque", "$o.append(", \
      "changing a deque is nothing") \
    X(CALL_DEQUE_READS, "call-deque-reads", "deque", "len($o)", "looking at a deque is nothing") \
    X(CALL_BYTES_WRITES, "call-bytes-writes", "bytes", "$o.append(", \
      "changing a bytearray is nothing") \
    X(CALL_BYTES_READS, "call-bytes-reads", "bytes", "$o.hex()", \
      "looking at a bytearray is nothing") \
    X(CALL_OUTPUT, "call-output", "output", "$o.write(", "what a file's method does is nothing") \
    X(CALL_ATTRIBUTE, "call-attribute", "attribute", "getattr(", "getattr() is nothing") \
    X(CALL_ACQUIRE, "call-acquire", "lock", "$o.acquire()", "acquire() is nothing") \
    X(CALL_RELEASE, "call-release", "lock", "$o.acquire()", "release() is nothing") \
    X(CALL_TRY, "call-try", "lock", "$o.acquire(False)", "trying to take a lock is nothing") \
    X(CALL_TRY_READS, "call-try-reads", "lock", "$o.acquire(False)", "trying is reading") \
    X(CALL_UNKNOWN, "call-unknown", "cache", "$o(1)", \
      "a call of which nothing is known is nothing") \
    X(STAR_CALL, "star-call", "list that is emptied", "max(*$o)", \
      "a call with a star is nothing") \
    X(WITH_ACQUIRES, "with-acquires", "lock", "with $o:", "the lock of a with is not taken")

/* In fuzz/explore/dpor*.c. */
#define SW_DPOR_FAULTS(X) \
    X(NO_RACES, "no-races", "slots", "$o.x += $v", "there are no races") \
    X(FIRST_RACE_ONLY, "first-race-only", "slots", "$o.x += $v", \
      "only races with the first event are seen") \
    X(ADJACENT_RACES_ONLY, "adjacent-races-only", "slots", "$o.x += $v", \
      "a race is of two events in a row") \
    X(NO_LOCK_RACES, "no-lock-races", "lock", "with", "two acquisitions are no race") \
    X(RACE_PAST_RELEASE, "race-past-release", "lock", "with", \
      "a release and the next acquisition are a race, too") \
    X(RACE_BETWEEN, "race-between", "slots", "$o.x += $v", \
      "a race may have what orders it in between") \
    X(FAR_HOLDER, "far-holder", "lock", "with", "any two acquisitions are a race") \
    X(NO_PRE_CLOCK, "no-pre-clock", "lock", "with", "what a lock orders counts as ordered") \
    X(NO_THREAD_CLOCK, "no-thread-clock", "slots", "$o.x += $v", \
      "a thread's last event is not before its next") \
    X(NO_JOIN, "no-join", "slots", "$o.x += $v", \
      "what a dependent event knows is not handed on") \
    X(JOIN_ONE, "join-one", "slots", "$o.x += $v", \
      "an event follows from the last dependent one only") \
    X(READS_DEPEND, "reads-depend", "slots", "$o.x += $v", \
      "two reads of one object depend on each other") \
    X(READ_WRITE_FREE, "read-write-free", "slots", "$o.x += $v", "a read and a write do not") \
    X(WRITE_WRITE_FREE, "write-write-free", "slots", "$o.x += $v", "two writes do not") \
    X(UNKNOWN_FREE, "unknown-free", "pipe", "os.write(", "what is not known depends on nothing") \
    X(NO_OBJECTS, "no-objects", "attribute", "$o.y = $o.x", "all objects are one") \
    X(REVERSE_SHORT, "reverse-short", "slots", "$o.x += $v", \
      "a reversal has the second event of the race only") \
    X(REVERSE_ALL, "reverse-all", "slots", "$o.x += $v", \
      "a reversal keeps what follows from the first event") \
    X(REVERSE_UP_TO, "reverse-up-to", "slots", "$o.x += $v", \
      "a reversal ends where the race's second event was") \
    X(INITIALS_ALL, "initials-all", "slots", "$o.x += $v", \
      "any thread of a sequence can begin it") \
    X(INITIALS_NONE, "initials-none", "slots", "$o.x += $v", \
      "only the first event of a sequence can") \
    X(BESIDE_ALL, "beside-all", "slots", "$o.x += $v", \
      "a thread that is not in a sequence can always begin it") \
    X(INSERT_FIRST, "insert-first", "slots", "$o.x += $v", "a tree has one branch") \
    X(INSERT_ONE, "insert-one", "slots", "$o.x += $v", "a branch is one event long") \
    X(INSERT_ANEW, "insert-anew", "slots", "$o.x += $v", \
      "a branch is inserted although the tree covers it") \
    X(NO_SLEEP, "no-sleep", "slots", "$o.x += $v", "what has been explored does not sleep") \
    X(SLEEP_NOT_PASSED, "sleep-not-passed", "slots", "$o.x += $v", \
      "a sleeper wakes behind any event") \
    X(SLEEP_FOREVER, "sleep-forever", "slots", "$o.x += $v", \
      "a sleeper sleeps on behind any event") \
    X(EXPLORED_ALL, "explored-all", "slots", "$o.x += $v", \
      "any sleeper has led to any reversal") \
    X(EXPLORED_NONE, "explored-none", "slots", "$o.x += $v", "no sleeper has led to anything") \
    X(BACKTRACK_FAR, "backtrack-far", "slots", "$o.x += $v", \
      "the deepest node is given up with what it has left") \
    X(ONE_TRACE, "one-trace", "slots", "$o.x += $v", "the search ends with the first branch")

enum sw_search_fault {
    SW_SEARCH_FAULT_NONE,
#define SW_SEARCH_FAULT_ENUM(id, name, shape, operation, text) SW_SEARCH_FAULT_##id,
    SW_TRACER_FAULTS(SW_SEARCH_FAULT_ENUM)
    SW_SEARCH_FAULT_TRACER_LAST,
    SW_DPOR_FAULTS(SW_SEARCH_FAULT_ENUM)
#undef SW_SEARCH_FAULT_ENUM
    SW_SEARCH_FAULT_COUNT
};

/* dpor's: the number of the one that is on. */
#ifdef SW_LAB
extern unsigned sw_search_fault;
#define SW_SEARCH_FAULT(id) (sw_search_fault == SW_SEARCH_FAULT_##id)
#else
#define SW_SEARCH_FAULT(id) 0
#endif

#endif
