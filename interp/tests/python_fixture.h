/* SPDX-License-Identifier: MIT
 *
 * python_fixture.h - an interpreter for one libcheck test.
 *
 * A test that needs Python is a function that runs inside: the stack it is on
 * may be copied away and brought back, so it must not use the ck_ macros (a
 * failing one jumps out).  It returns 0, or fails by python_fail() through the
 * macros below, which leave a message; python_test() asserts outside, on the
 * plain stack of the forked child.
 *
 *      PYTHON_TEST(name, "line\\n" "line\\n")
 *                               Python; the test fails if an exception comes out
 *
 *      INSIDE_TEST(name) {...}  the body is C, run with the GIL held
 *
 * Python finds FEWER there: 10 under memcheck, where all takes fifty times as long, else 1.  What a
 * test does very often it does a FEWERth of that; with WHOLE in the environment, all of it.
 */
#ifndef SLP_PYTHON_FIXTURE_H
#define SLP_PYTHON_FIXTURE_H

#include "interp/cpython.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <valgrind/valgrind.h>

#include "interp/base.h"
#include "contract/faults.h"
#include "contract/tests/suite_main.h"
#include "interp/lab/invariants.h"
#include "interp/module.h"
#include "interp/spill.h"
#include "interp/value_watch.h"

struct python_test {
    const char *code;      /* or NULL, and */
    int (*inside)(void);   /* this */
    int status;            /* valid afterwards: 0, or why is a message */
    char why[4096];
};

static struct python_test python_now;

__attribute__((format(printf, 1, 2), unused)) static int python_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(python_now.why, sizeof python_now.why, format, args);
    va_end(args);
    return -1;
}

#define INSIDE(condition) \
    do { \
        if (!(condition)) \
            return python_fail("%s:%d: %s", __FILE__, __LINE__, #condition); \
    } while (0)

/* Makes the exception that is set the test's message. */
__attribute__((unused)) static int python_fail_with_exception(void)
{
    PyObject *type, *value, *traceback, *text = NULL;

    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *module = PyImport_ImportModule("traceback");
    PyObject *lines = module == NULL ? NULL
                                     : PyObject_CallMethod(module, "format_exception", "OOO", type,
                                                           value, traceback ? traceback : Py_None);
    PyObject *nothing = PyUnicode_FromString("");
    if (lines != NULL && nothing != NULL)
        text = PyUnicode_Join(nothing, lines);
    python_fail("%s", text != NULL ? PyUnicode_AsUTF8(text) : "an exception");
    Py_XDECREF(text);
    Py_XDECREF(nothing);
    Py_XDECREF(lines);
    Py_XDECREF(module);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return -1;
}

/* Runs the lines as a module of its own.  0 or -1. */
__attribute__((unused)) static int python_run(const char *code)
{
    PyObject *globals = PyModule_GetDict(PyImport_AddModule("__main__"));
    PyObject *result = PyRun_String(code, Py_file_input, globals, globals);

    if (result == NULL)
        return python_fail_with_exception();
    Py_DECREF(result);
    return 0;
}

static int python_start(void)
{
    PyConfig config;

    if (slp_spill_init() < 0 || PyImport_AppendInittab("stackless", slp_module_init) < 0)
        return -1;
    PyConfig_InitIsolatedConfig(&config);
    config.site_import = 0;
    config.install_signal_handlers = 1;
    PyStatus status = PyConfig_SetBytesString(&config, &config.program_name, "slpython");
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return PyStatus_Exception(status) ? -1 : 0;
}

/* What most tests do beside switching: kinds of statement, an exception, a collection. */
#define PYTHON_REHEARSED \
    "import sys, weakref\n" \
    "class A:\n" \
    "    def __init__(self, *a, **k): self.a = a\n" \
    "    def __del__(self): log.append('del')\n" \
    "class B(list): pass\n" \
    "log = []; b = B(); w = weakref.ref(b, log.append)\n" \
    "def f(x, *y):\n" \
    "    try: log.append((x, [i for i in range(2)])); raise KeyError('k')\n" \
    "    except KeyError as e: log.append(e.args == ('k',))\n" \
    "    finally: log.extend(map(lambda v: v, y))\n" \
    "for i in range(2): f(1, 2)\n" \
    "A(1, k=2); del b; assert len(log) == 8 and {'a': 1}['a'] == 1, (f'{log}', '%s' % log)\n"

/* The process in which Python was started; 0: in none yet. */
static pid_t python_pid;

/* From its start to its end: what valgrind translates for that is there in the copies as well. */
static int python_rehearse(void)
{
    if (python_start() < 0 || python_run(PYTHON_REHEARSED) < 0)
        return -1;
    return Py_FinalizeEx();
}

static void *python_start_here(void *unused)
{
    (void)unused;
    if (RUNNING_ON_VALGRIND && python_rehearse() < 0) {
        fprintf(stderr, "# %s\n", python_now.why);
        return NULL;
    }
    if (python_start() == 0)
        python_pid = getpid();
    return NULL;
}

/* Once, before libcheck forks: each test begins in a copy of an interpreter that has only been
 * started.  Under memcheck a start takes seconds. */
__attribute__((unused)) static void python_start_before_the_tests(void)
{
    if (python_pid == 0)
        slp_base_enter(python_start_here, NULL);
}

/* 0 or -1.  Without a fork (CK_FORK=no) the test before this one has ended what was started. */
static int python_start_or_go_on(void)
{
    if (!Py_IsInitialized())
        return python_start();
    if (python_pid != getpid())
        PyOS_AfterFork_Child();
    return 0;
}

static const char *python_fewer(void)
{
    return RUNNING_ON_VALGRIND && getenv("WHOLE") == NULL ? "FEWER = 10" : "FEWER = 1";
}

static void *python_main(void *unused)
{
    (void)unused;
    if (python_start_or_go_on() < 0) {
        python_now.status = python_fail("Python does not start");
        return NULL;
    }
    if (python_run("import sys, stackless\n"
                   "sys.setrecursionlimit(10**6)\n"
                   "from stackless import *\n") < 0 ||
        python_run(python_fewer()) < 0)
        python_now.status = -1;
    else
        python_now.status = python_now.code ? python_run(python_now.code) : python_now.inside();
    if (Py_FinalizeEx() < 0 && python_now.status == 0)
        python_now.status = python_fail("Py_FinalizeEx() failed");
    return NULL;
}

/* A test that switches a fault on sets this: a violated invariant or a lost value is then no
 * failure. */
__attribute__((unused)) static int python_is_faulty;

__attribute__((unused)) static void python_test(const char *code, int (*inside)(void))
{
    python_now.code = code;
    python_now.inside = inside;
    if (python_is_faulty)
        slp_value_ledger_set_observer(NULL);
    slp_base_enter(python_main, NULL);
    ck_assert_msg(python_now.status == 0, "%s", python_now.why);
    ck_assert_msg(slp_invariants_violations == 0 || python_is_faulty, "an invariant is violated");
    ck_assert_msg(slp_value_watch_failures == 0, "a value is lost, or the like");
}

#define PYTHON_TEST(name, code) \
    START_TEST(name) \
    { \
        python_test(code, NULL); \
    } \
    END_TEST

#define INSIDE_TEST(name) \
    static int name##_inside(void); \
    START_TEST(name) \
    { \
        python_test(NULL, name##_inside); \
    } \
    END_TEST \
    static int name##_inside(void)

/* A TCase with the tests of one family; NULL ends the list. */
__attribute__((unused)) static void suite_add(Suite *suite, const char *family,
                                              const TTest *const *tests)
{
    TCase *family_case = tcase_create(family);

    tcase_set_timeout(family_case, 60);
    tcase_add_unchecked_fixture(family_case, python_start_before_the_tests, NULL);
    for (; *tests != NULL; tests++)
        tcase_add_test(family_case, *tests);
    suite_add_tcase(suite, family_case);
}
#define FAMILY(suite, family, ...) \
    suite_add((suite), (family), (const TTest *const[]){__VA_ARGS__, NULL})

#endif
