/* SPDX-License-Identifier: MIT
 *
 * check_faults.c - how faults are switched on, and that those of the story do
 * what faults.h says of them, and nothing without it.  The others are shown by
 * the scenarios: `spillway score` runs each fault against all of them.
 */
#include "python_fixture.h"

#include <string.h>
#include <unistd.h>

/* ---- SLP_FAULTS ---- */

START_TEST(nothing_is_on_by_itself)
{
    unsetenv("SLP_FAULTS");
    ck_assert_int_eq(slp_fault_init(), 0);
    setenv("SLP_FAULTS", "", 1);
    ck_assert_int_eq(slp_fault_init(), 0);
    for (int i = 0; i < SLP_FAULT_COUNT; i++)
        ck_assert_int_eq(slp_fault_on[i], 0);
}
END_TEST

START_TEST(named_faults_are_on)
{
    setenv("SLP_FAULTS", "spill-detonates-bomb,release-eats-mailbox", 1);
    ck_assert_int_eq(slp_fault_init(), 0);
    for (int i = 0; i < SLP_FAULT_COUNT; i++)
        ck_assert_int_eq(slp_fault_on[i], i == SLP_FAULT_SPILL_DETONATES_BOMB ||
                                              i == SLP_FAULT_RELEASE_EATS_MAILBOX);
}
END_TEST

START_TEST(an_unknown_fault_is_named)
{
    char text[8192] = "";
    FILE *file = tmpfile();

    ck_assert_ptr_nonnull(file);
    int kept = dup(2);
    fflush(stderr);
    dup2(fileno(file), 2);
    setenv("SLP_FAULTS", "release-eats-mailbox,release-eats", 1);
    int status = slp_fault_init();
    fflush(stderr);
    dup2(kept, 2);
    rewind(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    ck_assert_int_eq(status, -1);
    ck_assert_uint_gt(length, 0);
    ck_assert_ptr_nonnull(strstr(text, "unknown fault 'release-eats'"));
    ck_assert_ptr_nonnull(strstr(text, "spill-return-eats-mailbox"));
    ck_assert_ptr_eq(strchr(text, '\n'), text + length - 1);
}
END_TEST

/* ---- each fault ---- */

/* got is what arrived in the end; with the fault it is another thing. */
struct behaviour {
    enum slp_fault fault;
    const char *code;
    const char *right;
    const char *wrong;
};

#define RECEIVES \
    "def receives(c):\n" \
    "    try: return c.receive()\n" \
    "    except Exception as e: return type(e)\n"

static const struct behaviour behaviours[] = {
    {SLP_FAULT_RELEASE_EATS_MAILBOX,
     /* The sender ends after its send; its weakref callback uses a channel. */
     "import weakref\n"
     "c, d = channel(), channel(); c.preference = d.preference = 1\n"
     "tasklet(d.receive)(); schedule()\n"
     "t = tasklet(c.send)('v'); w = weakref.ref(t, lambda w: d.send(1)); del t\n"
     "got = c.receive(); run()\n",
     "v", "None"},
    {SLP_FAULT_IDLE_WAKE_RELEASE_EATS_MAILBOX,
     /* The last runnable tasklet removes itself, and nobody else has it. */
     "import threading, time, weakref\n"
     "c = channel(); ends = []\n"
     "def leaves():\n"
     "    try: schedule_remove(None)\n"
     "    finally: ends.append(1)\n"
     "def sends():\n"
     "    while c.balance == 0 or not w().paused: time.sleep(0)\n"
     "    c.send('v')\n"
     "t = tasklet(leaves)(); w = weakref.ref(t); del t\n"
     "thread = threading.Thread(target=sends); thread.start()\n"
     "got = c.receive(); thread.join(); assert ends == [1] and w() is None\n",
     "v", "None"},
    {SLP_FAULT_SPILL_ENTRY_EATS_MAILBOX,
     "c = channel(); set_channel_callback(lambda *a: None); spill('always')\n"
     "tasklet(c.send)('v'); schedule(); spill('never'); got = c.receive()\n",
     "v", "None"},
    {SLP_FAULT_SPILL_RETURN_EATS_MAILBOX,
     "c = channel(); set_channel_callback(lambda *a: 5); spill('always')\n"
     "tasklet(c.send)('v'); schedule(); spill('never'); got = c.receive()\n",
     "v", "None"},
    {SLP_FAULT_SPILL_DETONATES_BOMB,
     "c = channel(); set_channel_callback(lambda *a: None); where = []\n"
     "def sends():\n"
     "    try: c.send_exception(KeyError)\n"
     "    except KeyError: where.append('sender')\n"
     "def receives():\n"
     "    try: c.receive()\n"
     "    except KeyError: where.append('receiver')\n"
     "t = tasklet(receives)(); schedule(); spill('always'); sends(); spill('never'); run()\n"
     "set_channel_callback(None); t.kill(); got = where[0]\n",
     "receiver", "sender"},
};

enum { BEHAVIOURS = sizeof behaviours / sizeof *behaviours };

static const struct behaviour *behaviour_now;
static int fault_is_on;

static int see_behaviour(void)
{
    const char *wanted = fault_is_on ? behaviour_now->wrong : behaviour_now->right;

    slp_fault_on[behaviour_now->fault] = (unsigned char)fault_is_on;
    int failed = python_run(behaviour_now->code);
    slp_fault_on[behaviour_now->fault] = 0;
    if (failed)
        return -1;
    PyObject *got = PyObject_GetAttrString(PyImport_AddModule("__main__"), "got");
    PyObject *text = got == NULL ? NULL : PyObject_Str(got);
    if (text == NULL)
        return python_fail_with_exception();
    int same = PyUnicode_CompareWithASCIIString(text, wanted) == 0;
    if (!same)
        python_fail("fault %d, on: %d: got %s, not %s", behaviour_now->fault, fault_is_on,
                    PyUnicode_AsUTF8(text), wanted);
    Py_DECREF(text);
    Py_DECREF(got);
    return same ? 0 : -1;
}

START_TEST(without_the_fault_it_is_right)
{
    behaviour_now = &behaviours[_i];
    python_test(NULL, see_behaviour);
}
END_TEST

START_TEST(with_the_fault_it_is_wrong)
{
    behaviour_now = &behaviours[_i];
    fault_is_on = python_is_faulty = 1;
    python_test(NULL, see_behaviour);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *each = tcase_create("each");

    FAMILY(suite, "SLP_FAULTS", nothing_is_on_by_itself, named_faults_are_on,
           an_unknown_fault_is_named);
    tcase_set_timeout(each, 60);
    tcase_add_loop_test(each, without_the_fault_it_is_right, 0, BEHAVIOURS);
    tcase_add_loop_test(each, with_the_fault_it_is_wrong, 0, BEHAVIOURS);
    suite_add_tcase(suite, each);
}
