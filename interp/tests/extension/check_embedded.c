/* SPDX-License-Identifier: MIT
 *
 * check_embedded.c - the extension module in a program that embeds Python.
 *
 * The program links the shared library, and none of our objects: what is on the
 * C stack above the interpreter is the program's own, and must stay where it is.
 * Tests run in libcheck's forked child; nothing is asserted on a stack that may
 * be moved.
 */
#include <Python.h>

#include <alloca.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "contract/tests/suite_main.h"

static char why[4096];

static void start(void)
{
    const char *bin = getenv("BIN");
    char path[4096];

    snprintf(path, sizeof path, "%s/../lib/python", bin != NULL ? bin : "build/bin");
    setenv("PYTHONPATH", path, 1);
    Py_InitializeEx(0);
}

/* Runs the lines in __main__.  0, or -1 and why. */
static int run(const char *code)
{
    PyObject *globals = PyModule_GetDict(PyImport_AddModule("__main__"));
    PyObject *result = PyRun_String(code, Py_file_input, globals, globals);

    if (result == NULL && why[0] == '\0') {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        PyErr_NormalizeException(&type, &value, &traceback);
        PyObject *text = PyObject_Repr(value);
        snprintf(why, sizeof why, "%s", text != NULL ? PyUnicode_AsUTF8(text) : "an exception");
        Py_XDECREF(text);
        PyErr_Restore(type, value, traceback);
    }
    if (result == NULL)
        PyErr_Clear();
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static void end(void)
{
    ck_assert_int_eq(Py_FinalizeEx(), 0);
    ck_assert_msg(why[0] == '\0', "%s", why);
}

/* ---- where main comes from ---- */

enum { PATTERN = 0x5a };

/* Runs the lines with that much C stack in use above them.  Returns how many
 * bytes of it are not what they were. */
static __attribute__((noinline)) int run_below(size_t bytes, const char *code)
{
    char *mine = alloca(bytes);
    int changed = 0;

    memset(mine, PATTERN, bytes);
    __asm__ volatile("" : : "r"(mine) : "memory");
    run(code);
    __asm__ volatile("" : : "r"(mine) : "memory");
    for (size_t i = 0; i < bytes; i++)
        changed += mine[i] != PATTERN;
    return changed;
}

static const char prepare[] = "from stackless import *\n"
                              "import stackless\n"
                              "log = []\n"
                              "def deep(depth, name):\n"
                              "    if depth:\n"
                              "        next(map(lambda _: deep(depth - 1, name), (0,)))\n"
                              "        return\n"
                              "    for i in range(3):\n"
                              "        log.append((name, i))\n"
                              "        schedule()\n";

START_TEST(main_comes_back_from_elsewhere)
{
    static const size_t depths[] = {100000, 64, 5000, 200000, 16, 30000};
    int changed = 0;

    start();
    run(prepare);
    run_below(2000, "tasklet(deep)(10, 'a')\nschedule()\n");
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
        changed += run_below(depths[i], "tasklet(deep)(len(log), 'b')\nschedule()\nschedule()\n");
    run("run()\nassert len(log) == 21, log\n");
    ck_assert_int_eq(changed, 0);
    end();
}
END_TEST

START_TEST(main_comes_back_from_elsewhere_with_spills)
{
    static const size_t depths[] = {100000, 64, 5000, 200000, 16, 30000};
    int changed = 0;

    start();
    run(prepare);
    run("spill('always')\n");
    run_below(2000, "tasklet(deep)(10, 'a')\nschedule()\n");
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        run(i % 2 ? "spill('always', 'segment')\n" : "spill(8192, 'copy')\n");
        changed += run_below(depths[i], "tasklet(deep)(len(log), 'b')\nschedule()\nschedule()\n");
    }
    run("run()\nassert len(log) == 21, log\n");
    ck_assert_int_eq(changed, 0);
    end();
}
END_TEST

/* Which another thread may use meanwhile: it must stay in place while some
 * other tasklet runs. */
static int *seen_from_tasklet;

static PyObject *look(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return PyLong_FromLong(*seen_from_tasklet);
}

static PyMethodDef look_def = {"look", look, METH_NOARGS, NULL};

START_TEST(the_frames_of_the_program_stay_where_they_are)
{
    volatile int mine = 4711;

    seen_from_tasklet = (int *)&mine;
    start();
    PyObject *function = PyCFunction_New(&look_def, NULL);
    PyObject_SetAttrString(PyImport_AddModule("__main__"), "look", function);
    Py_DECREF(function);
    run("from stackless import *\n"
        "seen = []\n"
        "tasklet(lambda: seen.append(look()))()\n"
        "run()\n"
        "assert seen == [4711], seen\n");
    end();
}
END_TEST

START_TEST(blocked_tasklets_at_the_end)
{
    start();
    run(prepare);
    run("c = channel()\n"
        "t = tasklet(c.receive)()\n"
        "spilled = tasklet(deep)(20, 'a')\n"
        "schedule()\n");
    end();
}
END_TEST

START_TEST(an_interpreter_started_anew_is_refused)
{
    start();
    run("import stackless\n");
    Py_FinalizeEx();
    start();
    run("try: import stackless\n"
        "except ImportError as error: assert 'anew' in str(error), error\n"
        "else: assert 0\n");
    end();
}
END_TEST

/* ---- stacks and threads of others ---- */

static ucontext_t here, there;

static void on_another_stack(void)
{
    run("t = tasklet(log.append)(1)\n"
        "try: schedule()\n"
        "except RuntimeError as error: assert 'C stack' in str(error), error\n"
        "else: assert 0\n"
        "assert log == []\n");
}

START_TEST(a_c_stack_of_others_is_refused)
{
    enum { STACK_BYTES = 1 << 20 };
    char *stack = malloc(STACK_BYTES);

    start();
    for (int i = 0; i < 2; i++) {
        run("from stackless import *\n"
            "log = []\n");
        getcontext(&there);
        there.uc_stack.ss_sp = stack;
        there.uc_stack.ss_size = STACK_BYTES;
        there.uc_link = &here;
        makecontext(&there, on_another_stack, 0);
        swapcontext(&here, &there);
        run("run()\n"
            "assert log == [1], log\n"
            "spill('always')\n");
    }
    end();
    free(stack);
}
END_TEST

static void *thread_of_the_program(void *arg)
{
    const char *code = arg;

    for (int i = 0; i < 3; i++) {
        PyGILState_STATE state = PyGILState_Ensure();
        run(code);
        PyGILState_Release(state);
    }
    return NULL;
}

START_TEST(a_thread_of_the_program)
{
    static const char code[] = "log = []\n"
                               "def waits():\n"
                               "    try: schedule_remove(None)\n"
                               "    finally: log.append('finally')\n"
                               "tasklet(waits)()\n"
                               "kept = tasklet(waits)()\n"
                               "c = channel()\n"
                               "tasklet(c.send)(7)\n"
                               "assert c.receive() == 7\n"
                               "lost.append(log)\n";
    pthread_t thread;

    start();
    run("from stackless import *\n"
        "lost = []\n");
    for (int i = 0; i < 3; i++) {
        PyThreadState *saved = PyEval_SaveThread();
        ck_assert_int_eq(pthread_create(&thread, NULL, thread_of_the_program, (void *)code), 0);
        pthread_join(thread, NULL);
        PyEval_RestoreThread(saved);
    }
    run("assert lost == [['finally'] * 2] * 9, lost\n");
    end();
}
END_TEST

/* ---- somebody else's frame evaluation function ---- */

static long evaluated;
static _PyFrameEvalFunction behind;

static PyObject *others_evaluate(PyThreadState *tstate, struct _PyInterpreterFrame *frame,
                                 int throwflag)
{
    evaluated++;
    return behind(tstate, frame, throwflag);
}

static int evaluates(void)
{
    long before = evaluated;

    run("list(map(lambda _: None, range(10)))\n");
    return evaluated >= before + 10;
}

static void set_evaluate(_PyFrameEvalFunction function)
{
    PyInterpreterState *interp = PyInterpreterState_Get();

    behind = _PyInterpreterState_GetEvalFrameFunc(interp);
    _PyInterpreterState_SetEvalFrameFunc(interp, function);
}

START_TEST(who_has_evaluated_frames_before_goes_on)
{
    _PyFrameEvalFunction set;
    int called[3];

    start();
    run("import stackless\n");
    set_evaluate(others_evaluate);
    run("stackless.spill('always')\n");
    called[0] = evaluates();
    run("assert stackless.spill_count() > 0\n"
        "stackless.spill('never')\n");
    called[1] = evaluates();
    set = _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState_Get());
    set_evaluate(_PyEval_EvalFrameDefault);
    called[2] = evaluates();
    ck_assert_int_eq(called[0], 1);
    ck_assert_int_eq(called[1], 1);
    ck_assert_ptr_eq(set, others_evaluate);
    ck_assert_int_eq(called[2], 0);
    end();
}
END_TEST

START_TEST(who_evaluates_frames_after_us_goes_on)
{
    int called;

    start();
    run("import stackless\n"
        "stackless.spill('always')\n");
    set_evaluate(others_evaluate);
    run("before = stackless.spill_count()\n"
        "list(map(lambda _: None, range(10)))\n"
        "assert stackless.spill_count() >= before + 10\n"
        "stackless.spill('never')\n");
    run("before = stackless.spill_count()\n");
    called = evaluates();
    run("assert stackless.spill_count() == before\n"
        "stackless.spill('always')\n"
        "list(map(lambda _: None, range(10)))\n"
        "assert stackless.spill_count() >= before + 10\n");
    ck_assert_int_eq(called, 1);
    end();
}
END_TEST

START_TEST(nobody_is_in_the_way_when_spilling_is_off)
{
    _PyFrameEvalFunction set[3];

    start();
    run("import stackless\n");
    set[0] = _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState_Get());
    run("stackless.spill('always')\n");
    set[1] = _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState_Get());
    run("stackless.spill('never')\n");
    set[2] = _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState_Get());
    ck_assert(set[0] == _PyEval_EvalFrameDefault);
    ck_assert(set[1] != _PyEval_EvalFrameDefault);
    ck_assert(set[2] == _PyEval_EvalFrameDefault);
    end();
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *family = tcase_create("embedded");

    tcase_set_timeout(family, 60);
    tcase_add_test(family, main_comes_back_from_elsewhere);
    tcase_add_test(family, main_comes_back_from_elsewhere_with_spills);
    tcase_add_test(family, the_frames_of_the_program_stay_where_they_are);
    tcase_add_test(family, blocked_tasklets_at_the_end);
    tcase_add_test(family, an_interpreter_started_anew_is_refused);
    tcase_add_test(family, a_c_stack_of_others_is_refused);
    tcase_add_test(family, a_thread_of_the_program);
    tcase_add_test(family, who_has_evaluated_frames_before_goes_on);
    tcase_add_test(family, who_evaluates_frames_after_us_goes_on);
    tcase_add_test(family, nobody_is_in_the_way_when_spilling_is_off);
    suite_add_tcase(suite, family);
}
