# SPDX-License-Identifier: MIT
#
# make                  build/bin/{slpython,slpython-lab,spillway}
# make demo             installs what is missing, builds, runs the main job
# make test             installs what is missing, builds, runs the tests; with CI=true all of them
# make help             everything else
#
# One Makefile, no recursion.  Sources are found by wildcard, so that a new file needs no edit here.
# A build with other flags (SAN=) has a directory of its own; a change of flags rebuilds.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
# Whoever wants to have or see it waits for it, and knows of no -j.
ifeq ($(filter-out all demo packages,$(MAKECMDGOALS))$(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif

DEVELOPER ?=
SAN ?=
CI ?=
N ?= 1000
PREFIX ?= /usr/local
DESTDIR ?=
PYTHONDIR ?= $(PREFIX)/lib/python3.11/dist-packages
ZSHDIR ?= site-functions
V ?=

comma := ,
BUILD := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
BIN := $(BUILD)/bin
OBJ := $(BUILD)/obj
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' $(1) $(2))

# ---- flags ----

# Not "cc": the static archive and these objects should come from one compiler.
CC := gcc
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla \
        -Wformat=2
ifneq ($(DEVELOPER),)
WARN += -Werror -Wold-style-definition -Wundef -Wlogical-op -Wduplicated-cond \
        -Wnested-externs -Wredundant-decls -Wimplicit-fallthrough=5
endif
ifneq ($(SAN),)
SANFLAGS := -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
CFLAGS ?= -O2 -g
DIALECT := -std=gnu11 -D_GNU_SOURCE -iquote .
ALL_CFLAGS = $(DIALECT) $(CFLAGS) $(WARN) $(SANFLAGS) -MMD -MP

# The runner reads files of strangers.  Fortified calls want an optimiser, and sanitizers have their
# own.
HARDENED := -fstack-protector-strong $(if $(SAN)$(filter -O0,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
LDFLAGS ?= -Wl,-z,relro -Wl,-z,now

# Debian's own 3.11, by absolute name: another python3 may come first on PATH.  Asked on first use,
# not when this file is read, since `make demo` may be about to install it.
PYTHON := /usr/bin/python3.11
PYTHON_CONFIG := $(PYTHON)-config
once = $(eval $(1) := $$(shell $(2)))$($(1))
PY_INCLUDE = $(call once,PY_INCLUDE,$(PYTHON_CONFIG) --includes | sed 's/^-I//; s/ .*//')
PY_CONFIGDIR = $(call once,PY_CONFIGDIR,$(PYTHON_CONFIG) --configdir)
PY_ARCHIVE = $(PY_CONFIGDIR)/libpython3.11.a

# -isystem keeps our warnings out of Python's headers.  Unwind tables everywhere: a C stack is
# walked from any instruction.  No PIE, because the archive is none.
PY_HEADERS = -isystem $(PY_INCLUDE) -isystem $(PY_INCLUDE)/internal
PY_CFLAGS = $(PY_HEADERS) -fno-pie -fasynchronous-unwind-tables

# What the core puts itself in front of; see interp/eval.c, interp/atomic.c and
# interp/preempt_wrap.c.
WRAPPED := _PyEval_Vector _PyEval_EvalFrameDefault PyEval_EvalCode pthread_cond_timedwait \
           pthread_cond_wait _PyThreadState_Swap _PyErr_SetNone _PyEval_SignalAsyncExc \
           _PyThreadState_DeleteCurrent
# The whole archive, with its symbols visible: extension modules need them.
PY_ARCHIVE_LINK = -no-pie -Wl,-export-dynamic \
                  -Wl,--whole-archive $(PY_ARCHIVE) -Wl,--no-whole-archive
PY_LIBS := -lexpat -lz -ldl -lm -lpthread -lutil
PY_LINK = $(PY_ARCHIVE_LINK) $(addprefix -Wl$(comma)--wrap=,$(WRAPPED)) $(PY_LIBS)

HARNESS_LIBS := -ldw -lelf -lxxhash -lzstd -ljson-c -lm -lpthread
CHECK_LIBS := -lcheck -lsubunit -lrt -lm -lpthread

# ---- sources ----
#
# A room is a folder and what is linked: one wildcard each, and no list of files.  Where two
# programs share a room it is compiled once for each, in an object tree of its own (see "tree").

rooms = $(wildcard $(addsuffix /*.[cS],$(1)))
CONTRACT := $(call rooms,contract)
# What is of one architecture; see arch/arch.h.
MACHINE := $(shell uname -m)
ARCH := arch/$(MACHINE)
CORE := $(call rooms,interp $(ARCH)/interp)
PROGRAM := $(call rooms,interp/program)
LAB := $(call rooms,interp/lab harness/agent) $(CONTRACT)
EXTENSION_ROOM := $(call rooms,interp/extension)
CONTROL := $(call rooms,$(filter-out %/tests,$(wildcard harness/control/*)) $(ARCH)/control) $(CONTRACT)
TRACER_ROOM := $(call rooms,harness/tracer)
FORMATS := $(call rooms,harness/formats/files harness/formats/spec harness/formats/sched)
RUNNER := $(FORMATS) $(call rooms,harness/runner harness/report harness/compare harness/cli fuzz/explore) $(CONTRACT)
INPUTS := $(FORMATS) $(CONTRACT) \
    $(filter-out fuzz/inputs/fuzz_%,$(call rooms,fuzz/inputs))

# What tests what: a test links the room that it stands beside.
checks = $(wildcard $(addsuffix /tests/check_*.c,$(1)))
INTERP_CHECKS := $(call checks,interp)
HARNESS_CHECKS := $(call checks,contract harness/agent harness/control harness/formats \
    harness/runner harness/report harness/compare harness/cli fuzz fuzz/oracle)

objects = $(patsubst %,$(OBJ)/$(1)/%.o,$(basename $(2)))
SLPYTHON_OBJ := $(call objects,slpython,$(CORE) $(PROGRAM))
LAB_OBJ := $(call objects,lab,$(CORE) $(PROGRAM) $(LAB))
EXTENSION_OBJ := $(call objects,extension,$(CORE) $(EXTENSION_ROOM))
CONTROL_OBJ := $(call objects,control,$(CONTROL))
HARNESS_OBJ := $(call objects,harness,$(RUNNER))
TRACER_OBJ := $(call objects,extension,$(TRACER_ROOM))
# The same with a rule switched off, for fuzz/oracle, which has dpor with a step switched off.
TRACER_LAB_OBJ := $(call objects,tracer-lab,$(TRACER_ROOM) $(call rooms,harness/tracer/lab))
DPOR_LAB := $(wildcard fuzz/explore/dpor*.c) contract/decision.c

# What the test programs link instead of a program's own main().  The drivers live in
# libspillway.so; here tests and a model drive them without an engine.
LAB_TEST_OBJ := $(filter-out %_main.o,$(LAB_OBJ))
HARNESS_TEST_OBJ := $(filter-out %_main.o,$(HARNESS_OBJ)) \
    $(call objects,harness,$(call rooms,harness/control/drivers harness/control/tests/model))

# Each check program defines its suite, and links this main().
suite_main = $(call objects,$(1),contract/tests/suite_main.c)

INTERP_CHECK_BIN := $(INTERP_CHECKS:%.c=$(BIN)/%)
HARNESS_CHECK_BIN := $(HARNESS_CHECKS:%.c=$(BIN)/%)
# It embeds the shared library, and has none of our objects.
EMBEDDED_CHECK_BIN := $(BIN)/interp/tests/extension/check_embedded
CHECK_BIN := $(INTERP_CHECK_BIN) $(EMBEDDED_CHECK_BIN) $(HARNESS_CHECK_BIN)

# Sees each bytecode of CPython 3.11; see harness/tracer/tracer.c.
TRACER := $(BUILD)/lib/spillway_tracer.cpython-311-$(MACHINE)-linux-gnu.so
TRACER_LAB := $(BUILD)/lib/lab/$(notdir $(TRACER))
STARTERS := $(patsubst harness/runner/%,spillway_%,$(wildcard harness/runner/starter*.py))
STARTER_LAB := $(STARTERS:%=$(BUILD)/lib/lab/%)
# What is preloaded into an interpreter: it decides, so the strategies are in it.
CONTROL_LIB := $(BUILD)/lib/libspillway.so
# What runs a test of a Python file; see harness/report/target.h.
STARTER := $(STARTERS:%=$(BUILD)/lib/%)

# What Debian's python3.11 imports; see interp/extension/import.c.
EXTENSION := $(BUILD)/lib/python/stackless.cpython-311-$(MACHINE)-linux-gnu.so
# For type checkers; it stands beside the module.
STUBS := $(BUILD)/lib/python/stackless.pyi
# What a program imports that asks for choices of its own; and the same for C.
CHOICES := $(BUILD)/lib/python/spillway.py
# The plugin of pytest's.
PLUGIN := $(BUILD)/lib/python/spillway_pytest.py
CHOICES_HEADER := harness/control/spillway.h
# Found there by slpython itself; see interp/program/slpython_main.c.
SLPLIB_SRC := $(wildcard interp/lib/slplib/*.py) interp/lib/slplib/py.typed
SLPLIB := $(SLPLIB_SRC:interp/lib/%=$(BUILD)/lib/python/%)

# What gdb reads for "spillway debug"; see harness/report/debug.h.
GDB_COMMANDS := $(patsubst harness/debug/%,$(BUILD)/lib/gdb/%,$(wildcard harness/debug/*.py))

# What "--valgrind" runs; see harness/runner/memcheck.h.
MEMCHECK := $(addprefix $(BUILD)/lib/valgrind/,memcheck memcheck.supp memcheck_alloc.so)

# Manual pages, and what completes a command line: the program writes them from its own tables, and
# what explains a subject is the document of that (harness/man/page.py).
SHARE := $(BUILD)/share
COMMANDS := $(patsubst harness/cli/%_command.c,%,$(wildcard harness/cli/*_command.c))
PAGES := $(SHARE)/man/spillway.1 $(COMMANDS:%=$(SHARE)/man/spillway-%.1) \
    $(addprefix $(SHARE)/man/,slpython.1 slpython-lab.1 spillway-spec.5 spillway-sched.5 spillway.7) \
    $(SHARE)/spillway.bash $(SHARE)/_spillway

# ---- building ----

# Only the commands that promise it install packages: before anything is compiled.
PACKAGES := $(if $(filter demo packages,$(MAKECMDGOALS)),packages) \
    $(if $(filter test,$(MAKECMDGOALS)),test-packages)

.PHONY: all
all: $(BIN)/slpython $(BIN)/slpython-lab $(BIN)/spillway $(CONTROL_LIB) $(STARTER) $(EXTENSION) \
     $(STUBS) $(CHOICES) $(PLUGIN) $(SLPLIB) $(TRACER) $(GDB_COMMANDS) \
     $(MEMCHECK)

.PHONY: packages
packages:
	@ci/install --to-build

.PHONY: test-packages
test-packages:
	@ci/install

$(BIN)/slpython: $(SLPYTHON_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(PY_LINK)

# The agent asks libspillway, and what it puts in front of the C library comes before it.
LAB_LINK = $(CONTROL_LIB) -Wl,-rpath,'$$ORIGIN/../lib:$$ORIGIN/../../../lib' $(PY_LINK)
$(BIN)/slpython-lab: $(LAB_OBJ) $(CONTROL_LIB)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LAB_LINK)

$(BIN)/spillway: $(HARNESS_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS)

# Without sanitizers: the interpreter that it is preloaded into has none.
$(CONTROL_LIB): $(CONTROL_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -shared -Wl,-soname,$(@F) $(LDFLAGS) -o $@ $^ -ldl -lpthread

# Without sanitizers, for the same reason.  First as if it needed libpython, which the program that
# imports it may or may not have: all that is not defined must be an exported symbol of that.
$(EXTENSION): $(EXTENSION_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -shared $(LDFLAGS) -Wl,-z,defs -o $@.checked $^ -lpython3.11 -lgcc_s -lpthread
	$(Q)$(CC) -shared $(LDFLAGS) -o $@ $^ -lgcc_s -lpthread && rm $@.checked

$(STARTER): $(BUILD)/lib/spillway_%: harness/runner/%
	$(call say,CP,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(STARTER_LAB): $(BUILD)/lib/lab/spillway_%: harness/runner/%
	$(call say,CP,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(STUBS): interp/stubs/stackless.pyi
	$(call say,CP,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(PLUGIN): harness/pytest/spillway_pytest.py
	$(call say,CP,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(CHOICES): harness/runner/spillway.py
	$(call say,CP,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(SLPLIB): $(BUILD)/lib/python/%: interp/lib/%
	$(call say,CP,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(GDB_COMMANDS): $(BUILD)/lib/gdb/%: harness/debug/%
	$(call say,CP,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@

# What it needs of libspillway is in the process when it is imported.
$(TRACER): $(TRACER_OBJ)
$(TRACER_LAB): $(TRACER_LAB_OBJ)
$(TRACER) $(TRACER_LAB):
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -shared $(LDFLAGS) -o $@ $^

# They play interpreters without a GIL; preloaded into, so without sanitizers.
RAW_PROGRAMS := $(addprefix $(BIN)/harness/control/tests/,raw_choices raw_threads raw_timed \
    raw_outside raw_cancel raw_errors raw_calls raw_kinds raw_rwlocks raw_version thread_local)
# It has a function that libspillway asks for by name.
$(BIN)/harness/control/tests/raw_version: LDFLAGS += -rdynamic
$(RAW_PROGRAMS): $(BIN)/%: $(OBJ)/control/%.o
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lm -lpthread
$(HARNESS_CHECK_BIN): | $(BIN)/spillway $(BIN)/slpython $(BIN)/slpython-lab $(CONTROL_LIB) $(STARTER) $(TRACER) $(RAW_PROGRAMS) \
    $(GDB_COMMANDS) $(MEMCHECK)
$(BIN)/fuzz/oracle/tests/check_oracle: | $(BIN)/dpor-oracle

# The archive alone, linked as slpython is but without the core: what the benches compare with.
$(BIN)/python-archive: $(OBJ)/archive/interp/bench/archive_main.o
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(PY_ARCHIVE_LINK) $(PY_LIBS)

$(INTERP_CHECK_BIN): $(BIN)/%: $(OBJ)/lab/%.o $(call suite_main,lab) $(LAB_TEST_OBJ) $(CONTROL_LIB)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LAB_LINK) $(CHECK_LIBS)

$(HARNESS_CHECK_BIN): $(BIN)/%: $(OBJ)/harness/%.o $(call suite_main,harness) $(HARNESS_TEST_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS) $(CHECK_LIBS)

$(EMBEDDED_CHECK_BIN): $(BIN)/%: $(OBJ)/embedded/%.o $(call suite_main,embedded) | $(EXTENSION)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lpython3.11 $(CHECK_LIBS)

# Plays the interpreter for check_runner and check_command.
FAKE_INTERP := $(BIN)/harness/runner/tests/fake_interp
$(FAKE_INTERP): $(OBJ)/harness/harness/runner/tests/fake_interp.o $(call objects,harness,$(CONTRACT))
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -rdynamic -o $@ $^
$(BIN)/harness/runner/tests/check_runner $(BIN)/harness/cli/tests/check_command: | \
    $(FAKE_INTERP) $(BIN)/spillway

# Measures the loop; uses the runner's own way to start a controlled process.
SCHEDULES_BENCH := $(BIN)/schedules-bench
$(SCHEDULES_BENCH): $(OBJ)/harness/harness/bench/schedules.o $(HARNESS_TEST_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS)

# Pictures of runs that nobody has run: what ci/browser looks at.
PICTURE_SAMPLE := $(BIN)/picture-sample
$(PICTURE_SAMPLE): $(OBJ)/harness/harness/bench/picture_sample.o $(HARNESS_TEST_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS)
.PHONY: picture-sample
picture-sample: $(PICTURE_SAMPLE)

SAME_STATE := $(BIN)/same-state
$(SAME_STATE): $(OBJ)/harness/harness/bench/same_state.o $(HARNESS_TEST_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS)

READS_BENCH := $(BIN)/reads-bench
$(READS_BENCH): $(OBJ)/harness/harness/bench/reads.o $(HARNESS_TEST_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS)

PREFIX_HASH := $(BIN)/prefix-hash
$(PREFIX_HASH): $(OBJ)/harness/harness/bench/prefix_hash.o $(HARNESS_TEST_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS)

BENCH_POWER := $(BIN)/bench-power
$(BENCH_POWER): $(OBJ)/harness/harness/bench/power.o $(HARNESS_TEST_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS)

$(BIN)/harness/compare/tests/check_compare: | $(BENCH_POWER)

# Holds what dpor says against all interleavings of small random programs.
ORACLE_OBJ := $(call objects,oracle,$(call rooms,fuzz/oracle) $(DPOR_LAB))
DPOR_ORACLE := $(BIN)/dpor-oracle
$(DPOR_ORACLE): $(ORACLE_OBJ) $(filter-out $(call objects,harness,$(DPOR_LAB)),$(HARNESS_TEST_OBJ)) \
    | $(CONTROL_LIB) $(STARTER_LAB) $(TRACER_LAB)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(HARNESS_LIBS)

.PHONY: dpor-oracle
dpor-oracle: all $(DPOR_ORACLE)

# Preloaded under memcheck; the file says why.
$(BUILD)/lib/valgrind/memcheck_alloc.so: harness/valgrind/memcheck_alloc.c $(BUILD)/flags | $(PACKAGES)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(CFLAGS) $(WARN) -fPIC -shared -o $@ $<

# Preloaded into the runner by harness/tests/torture; it has none of our objects.
TORTURE := $(BUILD)/lib/torture/fail_nth.so
$(TORTURE): harness/tests/torture/fail_nth.c $(BUILD)/flags | $(PACKAGES)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(CFLAGS) $(WARN) -fPIC -shared -o $@ $< -ldl

$(BUILD)/lib/valgrind/%: harness/valgrind/%
	$(call say,CP,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(SHARE)/man/spillway%: HELP = --as man $(patsubst spillway-%.1,%,$(filter-out spillway.1,$(@F)))
$(SHARE)/spillway.bash: HELP := --as bash
$(SHARE)/_spillway: HELP := --as zsh
$(filter %.1 %.bash %/_spillway,$(filter-out %/slpython.1 %/slpython-lab.1,$(PAGES))): $(BIN)/spillway
	$(call say,HELP,$@)
	@mkdir -p $(@D)
	$(Q)$(BIN)/spillway help $(HELP) >$@

$(SHARE)/man/slpython.1: harness/docs/interpreter.md
$(SHARE)/man/slpython.1: SUMMARY := a Python 3.11 with tasklets and channels
$(SHARE)/man/slpython-lab.1: harness/docs/interpreter.md
$(SHARE)/man/slpython-lab.1: SUMMARY := slpython with points, at which a schedule can act
$(SHARE)/man/spillway-spec.5: scenarios/FORMAT.md
$(SHARE)/man/spillway-spec.5: SUMMARY := scripts of who does what, and in which order
$(SHARE)/man/spillway-sched.5: harness/docs/schedule-file.md
$(SHARE)/man/spillway-sched.5: SUMMARY := a recorded schedule, as a file
$(SHARE)/man/spillway.7: harness/docs/concepts.md
$(SHARE)/man/spillway.7: SUMMARY := the words that spillway uses, and what they mean
$(addprefix $(SHARE)/man/,slpython.1 slpython-lab.1 spillway-spec.5 spillway-sched.5 spillway.7): \
    harness/man/page.py contract/version.h
	$(call say,MAN,$@)
	@mkdir -p $(@D)
	$(Q)$(PYTHON) harness/man/page.py $(basename $(@F)) $(subst .,,$(suffix $@)) '$(SUMMARY)' \
	    $(filter %.md,$^) >$@

.PHONY: pages
pages: $(PAGES)

# Our own readers against bytes that nobody meant: clang's libFuzzer, and its sanitizers.
FUZZ_INPUTS := $(patsubst fuzz/inputs/%.c,$(BUILD)/fuzz/%,$(wildcard fuzz/inputs/fuzz_*.c))
FUZZ_INPUTS_OBJ := $(call objects,inputs,$(INPUTS))
FUZZ_INPUTS_SAN := -fsanitize=fuzzer$(comma)address$(comma)undefined -fno-sanitize-recover=all
$(FUZZ_INPUTS): $(BUILD)/fuzz/%: $(OBJ)/inputs/fuzz/inputs/%.o $(FUZZ_INPUTS_OBJ)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)clang $(FUZZ_INPUTS_SAN) $(LDFLAGS) -o $@ $^ -lelf -lxxhash -lzstd -ljson-c
# Private, since build/flags is a prerequisite, too.
$(OBJ)/inputs/%.o: private CC := clang
$(OBJ)/inputs/%.o: private WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes \
    -Wmissing-prototypes -Wpointer-arith -Wvla -Wformat=2 $(if $(DEVELOPER),-Werror)
$(OBJ)/inputs/%.o: private SANFLAGS := $(subst fuzzer,fuzzer-no-link,$(FUZZ_INPUTS_SAN)) \
    -fno-omit-frame-pointer
.PHONY: fuzz-targets
fuzz-targets: $(FUZZ_INPUTS)

# $(call tree,NAME,FLAGS): one object tree.  The same source may be in several.
define tree
$(OBJ)/$(1)/%.o: %.c $(BUILD)/flags | $$(PACKAGES)
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(ALL_CFLAGS) $(2) -c -o $$@ $$<

$(OBJ)/$(1)/%.o: %.S $(BUILD)/flags | $$(PACKAGES)
	$$(call say,AS,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -g -MMD -MP -iquote . $(2) -c -o $$@ $$<
endef
$(eval $(call tree,slpython,$$(PY_CFLAGS)))
$(eval $(call tree,lab,$$(PY_CFLAGS) -DSLP_LAB))
$(eval $(call tree,archive,$$(PY_CFLAGS)))
$(eval $(call tree,control,-fPIC -fvisibility=hidden -ftls-model=initial-exec -fno-sanitize=all))
# The entries look at thread-local variables at every frame.  A switch goes through functions of six
# files, and 16 bytes more or less in front of them were 5 % of a ping-pong: so they are aligned.
$(eval $(call tree,extension,$$(PY_HEADERS) -fPIC -fvisibility=hidden -ftls-model=initial-exec \
    -falign-functions=32 -fasynchronous-unwind-tables -fno-sanitize=all))
$(eval $(call tree,tracer-lab,$$(PY_HEADERS) -fPIC -fvisibility=hidden -DSW_LAB -fno-sanitize=all))
$(eval $(call tree,oracle,-DSW_LAB $(if $(DEVELOPER),-Wwrite-strings)))
$(eval $(call tree,embedded,$$(PY_HEADERS) -fno-sanitize=all))
$(eval $(call tree,inputs,))
# Python's keyword lists are no pointers to const, so -Wwrite-strings is for the runner only.
$(eval $(call tree,harness,$(HARDENED) $(if $(DEVELOPER),-Wwrite-strings)))

# They have it by .incbin, which -MMD does not see.
$(filter %/spec_process.o,$(HARNESS_OBJ)): harness/agent/driver.py harness/agent/fork_server.py
$(filter %/canary.o,$(HARNESS_OBJ)): harness/report/canary.py
$(filter %/bench_pair.o,$(HARNESS_OBJ)): harness/compare/workload.py
$(filter %/picture_html.o,$(HARNESS_OBJ)): $(wildcard harness/report/page/*)
$(filter %/agentless.o,$(HARNESS_OBJ)): harness/runner/agentless.py harness/runner/agentless_needs.py
$(filter %/shapes.o,$(ORACLE_OBJ)): fuzz/oracle/shapes
$(filter %/program_judge.o,$(ORACLE_OBJ)): fuzz/oracle/oracle_host.py

# Says which Python's headers slpython has.
$(OBJ)/harness/harness/cli/version_command.o: private DIALECT += -isystem $(PY_INCLUDE)

# Changes only when the flags do, and everything depends on it.
FLAGS_TEXT = $(CC) $(CFLAGS) $(WARN) $(SANFLAGS) $(HARDENED) $(LDFLAGS) $(WRAPPED)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS_TEXT)' | cmp -s - $@ || echo '$(FLAGS_TEXT)' >$@
.PHONY: FORCE
FORCE:

-include $(shell [ -d $(OBJ) ] && find $(OBJ) -name '*.d')

# ---- running ----

export BUILD BIN CI N PYTHON

.PHONY: demo
demo: packages all
	@ci/demo

.PHONY: test
test: test-packages test-programs
	@ci/test

# All that ci/test runs.
.PHONY: test-programs
test-programs: all $(PAGES) $(CHECK_BIN) $(FUZZ_INPUTS) $(TORTURE) \
    $(BIN)/python-archive $(SCHEDULES_BENCH) $(SAME_STATE) $(PREFIX_HASH) $(READS_BENCH) \
    $(BENCH_POWER)

.PHONY: check
check: $(CHECK_BIN)
	@ci/test libcheck

.PHONY: api
api: all
	@ci/test api

.PHONY: slplib
slplib: all
	@ci/test slplib

.PHONY: docs
docs: all $(BIN)/python-archive $(SCHEDULES_BENCH) $(READS_BENCH) $(DPOR_ORACLE)
	@CI=true ci/test docs

.PHONY: scenarios
scenarios: all
	@ci/test scenarios

.PHONY: memcheck
memcheck: all $(CHECK_BIN)
	@ci/test memcheck

.PHONY: cpython-tests
cpython-tests: all
	@CI=true ci/test cpython

# Every call of the runner that can fail does, over 28 command lines.  Hours.
.PHONY: torture
torture: all $(TORTURE)
	@harness/tests/torture/torture --jobs $(shell nproc)

# Checkouts of the peers, named by the user: see interp/tests/peers.
.PHONY: peers
peers: all
	@interp/tests/peers $(if $(STACKLESS),--stackless "$(STACKLESS)") \
	    $(if $(CARBON),--carbon "$(CARBON)") $(if $(REPORT),--report "$(REPORT)") $(BIN)/slpython

# On other interpreters, named by the user: see ci/versions.
.PHONY: versions
versions: all $(BIN)/same-state
	@BIN=$(BIN) ci/versions $(VERSIONS) $(PYTHONS)

.PHONY: bench
bench: all $(BIN)/python-archive $(SCHEDULES_BENCH)
	@interp/bench/run
	@harness/bench/run
	@$(SCHEDULES_BENCH)
	@harness/bench/overhead

# Hours; fuzz/bench/README.md says how to have a part of it.
.PHONY: bench-explore
bench-explore: all
	@fuzz/bench/run --grain call
	@fuzz/bench/run --grain access
	@fuzz/bench/run --fixed --seeds 1 --grain call
	@fuzz/bench/run --fixed --seeds 1 --grain access
	@fuzz/bench/run --story
	@fuzz/bench/run --rate

# N seconds for each reader; CI has a short run without a clock.
.PHONY: fuzz-inputs
fuzz-inputs: fuzz-targets
	@fuzz/inputs/run --seconds $(N)

.PHONY: repeat
repeat: all
	@$(BIN)/spillway run --repeat $(N) scenarios

# ---- looking at the source ----

OURS = $(shell git ls-files '*.[ch]')
# Not the headers: clang-format does not know what to do with lists of X().
FORMATTED = $(filter %.c,$(OURS))

.PHONY: format
format:
	@clang-format -i $(FORMATTED)

.PHONY: format-check
format-check:
	@clang-format --dry-run --Werror $(FORMATTED)

.PHONY: tidy
tidy:
	@clang-tidy --quiet $(filter harness/%.c contract/%.c,$(filter-out harness/agent/%,$(OURS))) -- $(DIALECT) \
	    -isystem $(PY_INCLUDE)
	@clang-tidy --quiet $(filter interp/%.c harness/agent/%.c,$(OURS)) -- $(DIALECT) -DSLP_LAB \
	    $(PY_HEADERS)

# ---- the rest ----

# What goes where: ci/place.
export PREFIX DESTDIR PYTHONDIR ZSHDIR
.PHONY: install
install: all $(PAGES)
	@ci/place install

.PHONY: uninstall
uninstall: all $(PAGES)
	@ci/place uninstall

# Of what is committed; the package's own test runs as well, from where the package was unpacked.
DEB := $(BUILD)/deb/spillway
.PHONY: deb
deb:
	rm -rf $(DEB) && mkdir -p $(DEB)
	git archive HEAD | tar -x -C $(DEB)
	cd $(DEB) && dpkg-buildpackage -us -uc -b
	lintian --fail-on error,warning $(BUILD)/deb/*.changes
	rm -rf $(BUILD)/deb/root $(BUILD)/deb/tmp && mkdir $(BUILD)/deb/tmp
	dpkg-deb -x $(BUILD)/deb/spillway_*.deb $(BUILD)/deb/root
	cd $(DEB) && AUTOPKGTEST_TMP=$(abspath $(BUILD)/deb/tmp) ROOT=$(abspath $(BUILD)/deb/root) \
	    debian/tests/explore

.PHONY: clean
clean:
	rm -rf build

.PHONY: help
help:
	@echo 'make                    build/bin/{slpython,slpython-lab,spillway}'
	@echo 'make demo               install what is missing, build, run the main job'
	@echo 'make test               install what is missing, build, run the tests'
	@echo 'make test CI=true       the same, with memcheck and all of the CPython tests'
	@echo 'make check              the libcheck programs alone'
	@echo 'make versions PYTHONS="FILE ..."  what holds on these interpreters, as a table'
	@echo 'make api                the tests of the module, in slpython and in python3.11'
	@echo 'make slplib             the tests of the package slplib'
	@echo 'make docs               is what the documents show what the programs print?'
	@echo 'make scenarios          the scenarios alone'
	@echo 'make memcheck           libcheck programs and scenarios under valgrind'
	@echo 'make cpython-tests      CPython tests with a spill at every frame, and with switches'
	@echo 'make torture            each allocation and system call of the runner fails, in turn; hours'
	@echo 'make peers STACKLESS=dir CARBON=dir   the unit tests of Stackless and of CCP'
	@echo 'make repeat N=1000      each scenario N times: every transcript must be the same'
	@echo 'make bench              the tables of harness/docs/performance.md'
	@echo 'make bench-explore      how soon each strategy finds the bugs of fuzz/bench'
	@echo 'make fuzz-inputs N=60   bytes that nobody meant, for the readers of specs and schedules'
	@echo 'make dpor-oracle        what dpor says of small programs, held against all interleavings'
	@echo 'make DEVELOPER=1        more warnings, and they are errors'
	@echo 'make SAN=address,undefined   a sanitizer build, in build/san-address-undefined'
	@echo 'make tidy               clang-tidy over the C sources'
	@echo 'make format             clang-format over them; make format-check only looks'
	@echo 'make install PREFIX=/usr/local DESTDIR=    and uninstall, with the same'
	@echo 'make deb                a Debian package, in build/deb'
	@echo 'make clean'
	@echo 'V=1 shows the commands.'
