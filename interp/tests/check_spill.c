/* SPDX-License-Identifier: MIT
 *
 * check_spill.c - spilling the C stack: when, how, and that nobody can tell.
 */
#include "python_fixture.h"

#include <string.h>
#include <ucontext.h>

#include "contract/points.h"
#include "interp/lab/hostile.h"
#include "interp/schedule.h"

/* ---- the setting ---- */

START_TEST(a_setting_is_parsed)
{
    static const struct {
        const char *text;
        size_t bytes;
        enum slp_spill_policy policy;
    } good[] = {
        {"1", 1, SLP_SPILL_COPY},
        {"16384", 16384, SLP_SPILL_COPY},
        {"16384,segment", 16384, SLP_SPILL_SEGMENT},
        {"always", SLP_SPILL_ALWAYS, SLP_SPILL_COPY},
        {"always,copy", SLP_SPILL_ALWAYS, SLP_SPILL_COPY},
        {"never", SLP_SPILL_NEVER, SLP_SPILL_COPY},
        {"default,segment", SLP_SPILL_DEFAULT, SLP_SPILL_SEGMENT},
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct slp_spill_setting setting = {77, SLP_SPILL_COPY};
        ck_assert_msg(slp_spill_setting_parse(good[i].text, &setting) == NULL, "%s", good[i].text);
        ck_assert_uint_eq(setting.bytes, good[i].bytes);
        ck_assert_int_eq(setting.policy, good[i].policy);
    }
}
END_TEST

START_TEST(a_bad_setting_changes_nothing)
{
    static const char *const bad[] = {
        "",
        "0",
        "-1",
        "+1",
        " 1",
        "1 ",
        "0x10",
        "1k",
        "1.5",
        "sometimes",
        "Always",
        "copy",
        ",copy",
        "1,",
        "1,Copy",
        "1,copy,",
        "1,segment,copy",
        "always never",
        "18446744073709551614",
        "18446744073709551615",
        "99999999999999999999999",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct slp_spill_setting setting = {77, SLP_SPILL_SEGMENT};
        ck_assert_ptr_nonnull(slp_spill_setting_parse(bad[i], &setting));
        ck_assert_uint_eq(setting.bytes, 77);
        ck_assert_int_eq(setting.policy, SLP_SPILL_SEGMENT);
    }
}
END_TEST

PYTHON_TEST(
    spill_tells_and_takes_the_setting,
    "assert spill() == ('default', 'copy')\n"
    "assert spill(5000) == ('default', 'copy') and spill() == (5000, 'copy')\n"
    "assert spill('always', 'segment') == (5000, 'copy') and spill() == ('always', 'segment')\n"
    "assert spill(policy='copy') == ('always', 'segment') and spill('never,segment')\n"
    "assert spill() == ('never', 'segment')\n"
    "for bad in (0,), (-1,), ('x',), ('1,x',), ('1', 'x'), (1, ''):\n"
    "    try: spill(*bad)\n"
    "    except ValueError: pass\n"
    "    else: assert 0, bad\n"
    "for bad in (1.5,), ([],), (1, 2):\n"
    "    try: spill(*bad)\n"
    "    except TypeError: pass\n"
    "    else: assert 0, bad\n"
    "assert spill() == ('never', 'segment')\n")

/* ---- depth ---- */

#define DEEP "def deep(n): return 0 if n == 0 else max(map(deep, [n - 1])) + 1\n"

PYTHON_TEST(deep_calls_by_copy, DEEP "spill('default', 'copy'); n = 30000 // FEWER\n"
                                     "assert deep(n) == n and spill_count() > 5 // FEWER\n")

PYTHON_TEST(deep_calls_by_segment, DEEP "spill('default', 'segment'); n = 30000 // FEWER\n"
                                        "assert deep(n) == n and spill_count() > 5 // FEWER\n")

/* A mapping is a segment, another one its guard page, and a recursion needs a few of each. */
PYTHON_TEST(nested_spills_share_a_segment,
            "def mappings():\n"
            "    with open('/proc/self/maps') as file: return len(file.readlines())\n"
            "def deep(n): return mappings() if n == 0 else next(map(deep, [n - 1]))\n"
            "spill('never'); before = deep(3000); n = spill_count()\n"
            "spill('always', 'segment'); during = deep(3000)\n"
            "assert spill_count() > n + 3000 and 4 < during - before < 40, (before, during)\n")

/* repr() recurses without a frame to spill at: as deep as it may, at each level. */
PYTHON_TEST(at_each_level_of_a_segment_there_is_room_for_c,
            "nested = []\n"
            "for _ in range(900): nested = [nested]\n"
            "def deep(n):\n"
            "    if n % 20 == 0: assert len(repr(nested)) == 1802\n"
            "    return n and max(map(deep, [n - 1])) + 1\n"
            "n = 2500 // FEWER\n"
            "for limit in 'always', 'default': spill(limit, 'segment'); assert deep(n) == n\n")

PYTHON_TEST(
    the_policy_may_change_in_the_middle,
    "changes = {900: ('copy', 2000), 700: ('segment', 4000), 500: ('copy', 50000),\n"
    "           300: ('segment', 'always'), 200: ('copy', 'always'), 100: ('copy', 'never')}\n"
    "def deep(n):\n"
    "    if n in changes: spill(*changes[n][::-1])\n"
    "    return 0 if n == 0 else max(map(deep, [n - 1])) + 1\n"
    "spill(2000, 'segment'); assert deep(1000) == 1000 and spill_count() > 200\n")

PYTHON_TEST(copying_from_a_segment_goes_on_for_ever,
            "many = 20000 // FEWER\n"
            "def deep(n):\n"
            "    if n == 3 * many // 4: spill(20000, 'copy')\n"
            "    return 0 if n == 0 else max(map(deep, [n - 1])) + 1\n"
            "spill(20000, 'segment'); assert deep(many) == many\n")

/* Counts per kilobyte of stack: on a small stack the default spills sooner. */
PYTHON_TEST(each_thread_has_its_threshold,
            DEEP "import threading\n"
                 "def count(size, limit):\n"
                 "    def body(): spill(limit); out.append(deep(5000)); spill('default')\n"
                 "    out = []; before = spill_count(); threading.stack_size(size)\n"
                 "    thread = threading.Thread(target=body); thread.start(); thread.join()\n"
                 "    assert out == [5000]; return spill_count() - before\n"
                 "large, small = count(8 << 20, 'default'), count(256 << 10, 'default')\n"
                 "assert 0 < large < small / 4, (large, small)\n"
                 "a, b = count(8 << 20, 20000), count(256 << 10, 20000)\n"
                 "assert a == b > 0, (a, b)\n"
                 "assert count(256 << 10, 4 << 20) == small   # half of what there is\n"
                 "assert count(8 << 20, 'never') == 0\n")

/* ---- nothing changes ---- */

/* The same body under each way of spilling; what it returns must be equal. */
#define EQUALLY \
    "def equally(body):\n" \
    "    spill('never'); wanted = body(); n = spill_count()\n" \
    "    for limit in 'always', 1000:\n" \
    "        for policy in 'copy', 'segment':\n" \
    "            spill(limit, policy); got = body(); spill('never')\n" \
    "            assert got == wanted, (limit, policy, got, wanted)\n" \
    "    assert spill_count() > n\n"

PYTHON_TEST(results_and_arguments_are_the_same, EQUALLY
            "def f(*args, **kwargs): return args, kwargs\n"
            "class C:\n"
            "    def __getattr__(self, name): return [name]\n"
            "    def __lt__(self, other): return id(self) < id(other)\n"
            "def body():\n"
            "    many = list(range(30))\n"
            "    return (list(map(f, *[[i] for i in many])), C().x, list(map(f, 'ab', 'cd')),\n"
            "            sorted(many, key=lambda x: -x), len(sorted([C() for i in many])),\n"
            "            eval('f(1, 2, k=3)'), list(map(lambda x: f(x, k=x), many)),\n"
            "            [*map(lambda *a, **k: f(*a, **k), many)])\n"
            "equally(body)\n")

PYTHON_TEST(
    exceptions_are_the_same, EQUALLY
    "import traceback\n"
    "def fails(x): raise KeyError(x)\n"
    "def handles(x):\n"
    "    try: return list(map(fails, [x]))\n"
    "    except KeyError as e:\n"
    "        inside = sys.exc_info()[1] is e\n"
    "        list(map(lambda y: seen.append(sys.exc_info()[1] is e), [1]))\n"
    "        return inside, e.args, [s.name for s in traceback.extract_tb(e.__traceback__)]\n"
    "seen = []\n"
    "def body():\n"
    "    out = list(map(handles, [1, 2])), sys.exc_info(); return out\n"
    "equally(body); assert all(seen) and seen\n")

PYTHON_TEST(generators_and_coroutines_are_the_same, EQUALLY
            "def g(n):\n"
            "    try:\n"
            "        for i in range(n): x = yield i, sys.exc_info()[0]\n"
            "    except ValueError as e: yield 'caught', e.args\n"
            "    finally: log.append('end')\n"
            "async def co(n): return n if n == 0 else await co(n - 1) + 1\n"
            "def body():\n"
            "    log.clear(); it = g(3); out = [next(it), it.throw(ValueError(7))]; it.close()\n"
            "    try: co(50).send(None)\n"
            "    except StopIteration as e: out.append(e.value)\n"
            "    return out, list(map(list, map(g, [1, 2]))), log[:]\n"
            "log = []; equally(body)\n")

PYTHON_TEST(tracing_is_the_same, EQUALLY
            "def f(x): return x + 1\n"
            "def tracer(frame, event, arg):\n"
            "    events.append((frame.f_code.co_name, event, frame.f_lineno)); return tracer\n"
            "def turn_on(x): sys.settrace(tracer); return f(x)\n"
            "def turn_off(x): sys.settrace(None); return f(x)\n"
            "def body():\n"
            "    events.clear(); on = []\n"
            "    sys.settrace(tracer); list(map(f, [1, 2])); on.append(sys.gettrace())\n"
            "    sys.settrace(None)\n"
            "    list(map(turn_on, [1])); on.append(sys.gettrace()); list(map(f, [1]))\n"
            "    list(map(turn_off, [1])); on.append(sys.gettrace()); list(map(f, [1]))\n"
            "    sys.setprofile(tracer); list(map(f, [1])); sys.setprofile(None)\n"
            "    return events[:], [x is tracer for x in on]\n"
            "events = []; equally(body); assert len(events) > 10\n")

PYTHON_TEST(the_mailbox_is_the_same, EQUALLY
            "got = []\n"
            "def callback(c, t, sending, willblock):\n"
            "    got.append(list(map(lambda x: type(t.tempval).__name__, [1])))\n"
            "def receives(c):\n"
            "    try: got.append(c.receive())\n"
            "    except KeyError as e: got.append(e.args)\n"
            "def body():\n"
            "    got.clear(); set_channel_callback(callback)\n"
            "    for send in lambda c: c.send('v'), lambda c: c.send_exception(KeyError, 'k'):\n"
            "        for first in receives, send:\n"
            "            c = channel(); tasklet(first)(c); schedule()\n"
            "            (send if first is receives else receives)(c); run()\n"
            "    set_channel_callback(None); return got[:]\n"
            "equally(body); assert got.count('v') == 2 and got.count(('k',)) == 2\n")

PYTHON_TEST(frames_are_seen_through_a_spill,
            EQUALLY "def look(x):\n"
                    "    f, out = sys._getframe(), []\n"
                    "    while f: out.append(f.f_code.co_name); f = f.f_back\n"
                    "    return out[:6]\n"
                    "def body(): return list(map(lambda x: list(map(look, [x])), [1]))\n"
                    "equally(body)\n")

/* ---- tasklets ---- */

PYTHON_TEST(tasklets_switch_inside_spills, DEEP EQUALLY
            "def dive(n, name, log):\n"
            "    if n == 0:\n"
            "        schedule(); log.append(name); return 0\n"
            "    x = max(map(lambda m: dive(m, name, log), [n - 1])) + 1\n"
            "    schedule(); return x\n"
            "def body():\n"
            "    log = []; out = []\n"
            "    for i in range(5): tasklet(lambda i=i: out.append(dive(10 + 3 * i, i, log)))()\n"
            "    run(); return log, out\n"
            "equally(body)\n")

PYTHON_TEST(a_spilled_tasklet_is_unwound,
            EQUALLY "import weakref\n"
                    "class V: pass\n"
                    "def dive(n, v):\n"
                    "    try:\n"
                    "        if n == 0: channel().receive()\n"
                    "        return list(map(lambda m: dive(m, v), [n - 1]))\n"
                    "    finally: ends.append(n)\n"
                    "ends = []\n"
                    "def body():\n"
                    "    v = V(); w = weakref.ref(v); ends.clear()\n"
                    "    t = tasklet(dive)(12, v); run(); t.kill(); del t, v\n"
                    "    return w() is None, ends[:]\n"
                    "equally(body); assert len(ends) == 13\n")

/* ---- where a spill is none ---- */

PYTHON_TEST(
    a_collection_keeps_the_stack_where_it_is,
    "import gc, threading\n"
    "class C:\n"
    "    def __del__(self):\n"
    "        n = spill_count(); list(map(lambda x: x, [1])); log.append(spill_count() - n)\n"
    "        try: schedule()\n"
    "        except RuntimeError: log.append('refused')\n"
    "def cycle(): c = C(); c.c = c\n"
    "log = []; t = tasklet(lambda: log.append('ran')); spill('always')\n"
    "cycle(); t(); gc.collect(); assert log == [0, 'refused'], log\n"
    "run(); assert log[2:] == ['ran']; log.clear()\n"
    "gc.callbacks.clear()    # whoever does this, it must not be worse than refused\n"
    "cycle(); t.bind(lambda: None, ()); t.insert(); gc.collect()\n"
    "assert log == [0, 'refused'], log\n")

PYTHON_TEST(
    anothers_collection_does_not_matter,
    "import gc, threading\n"
    "class C:\n"
    "    def __del__(self): inside.set(); done.wait()\n"
    "def body(): c = C(); c.c = c; del c; gc.collect()\n"
    "inside, done = threading.Event(), threading.Event(); gc.disable(); tasklet()\n"
    "thread = threading.Thread(target=body); thread.start(); inside.wait()\n"
    "log = []; tasklet(lambda: log.append('ran'))(); schedule(); assert log == ['ran']\n"
    "spill('always'); n = spill_count(); list(map(lambda x: x, [1])); assert spill_count() > n\n"
    "spill('never'); done.set(); thread.join()\n")

PYTHON_TEST(the_last_collection_refuses_too, "class C:\n"
                                             "    def __del__(self):\n"
                                             "        tasklet(lambda: None)()\n"
                                             "        try: schedule()\n"
                                             "        except RuntimeError: pass\n"
                                             "c = C(); c.c = c; sys.c = c; del c\n")

static ucontext_t home_context, foreign_context;
static int foreign_status;

static void on_foreign_stack(void)
{
    foreign_status =
        python_run("spill('always'); n = spill_count()\n"
                   "assert list(map(lambda x: x + 1, [1])) == [2] and spill_count() == n\n"
                   "tasklet(lambda: None)()\n"
                   "for step in schedule, run, channel().receive:\n"
                   "    try: step()\n"
                   "    except RuntimeError as e: assert 'C stack' in str(e)\n"
                   "    else: assert 0\n"
                   "assert getruncount() == 2\n");
}

INSIDE_TEST(a_foreign_stack_is_not_ours_to_move)
{
    static char stack[1 << 20] __attribute__((aligned(16)));

    getcontext(&foreign_context);
    foreign_context.uc_stack.ss_sp = stack;
    foreign_context.uc_stack.ss_size = sizeof stack;
    foreign_context.uc_link = &home_context;
    makecontext(&foreign_context, on_foreign_stack, 0);
    swapcontext(&home_context, &foreign_context);
    return foreign_status < 0 ? -1 : python_run("schedule(); assert getruncount() == 1\n");
}

INSIDE_TEST(a_subinterpreter_is_refused)
{
    PyThreadState *outer = PyThreadState_Get();

    INSIDE(python_run("spill('always')\n") == 0);
    PyThreadState *inner = Py_NewInterpreter();
    INSIDE(inner != NULL);
    int status = python_run("import stackless as s\n"
                            "n = s.spill_count()\n"
                            "assert list(map(lambda x: x + 1, [1])) == [2]\n"
                            "assert s.spill_count() == n\n"
                            "c = s.channel()\n"
                            "for step in s.getcurrent, s.tasklet, s.schedule, c.receive:\n"
                            "    try: step()\n"
                            "    except RuntimeError as e: assert 'main interpreter' in str(e)\n"
                            "    else: assert 0\n");
    Py_EndInterpreter(inner);
    PyThreadState_Swap(outer);
    return status < 0 ? -1 : python_run("tasklet(lambda: None)(); schedule()\n");
}

/* ---- the lab's ways to force one ---- */

static unsigned spill_at_enter(const struct slp_point_info *info)
{
    return info->point == SLP_POINT_EVAL_ENTER ? SLP_ACT_SPILL : SLP_ACT_NOTHING;
}

INSIDE_TEST(a_hook_may_ask_for_a_spill)
{
    unsigned long before = slp_spill_count;

    slp_point_set_hook(spill_at_enter, SLP_POINT_ALL);
    slp_spill_update_limit();
    int status = python_run("spill('never'); tasklet()\n"
                            "assert list(map(lambda x: x + 1, range(9))) == list(range(1, 10))\n");
    slp_point_set_hook(NULL, 0);
    slp_spill_update_limit();
    INSIDE(status < 0 || slp_spill_count >= before + 9);
    return status;
}

START_TEST(hostile_mode_changes_nothing)
{
    setenv("SLP_HOSTILE", "1", 1);
    python_test(DEEP "import threading\n"
                     "c, d, got = channel(), channel(), []\n"
                     "def ping():\n"
                     "    for v in c: d.send(v + 1)\n"
                     "tasklet(ping)()\n"
                     "for i in range(50): c.send(i); got.append(d.receive())\n"
                     "c.send_exception(StopIteration); assert got == list(range(1, 51))\n"
                     "thread = threading.Thread(target=lambda: c.send(deep(40))); thread.start()\n"
                     "assert c.receive() == 40; thread.join(); assert deep(100) == 100\n"
                     "t = tasklet(d.receive)(); run(); del t\n"
                     "assert spill_count() > 1000\n",
                NULL);
    ck_assert_int_eq(slp_hostile_on, 1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *hostile = tcase_create("hostile");

    /* The setting is read where Python is started; so before the families below start it. */
    tcase_set_timeout(hostile, 60);
    tcase_add_test(hostile, hostile_mode_changes_nothing);
    suite_add_tcase(suite, hostile);
    FAMILY(suite, "setting", a_setting_is_parsed, a_bad_setting_changes_nothing,
           spill_tells_and_takes_the_setting);
    FAMILY(suite, "depth", deep_calls_by_copy, deep_calls_by_segment, nested_spills_share_a_segment,
           at_each_level_of_a_segment_there_is_room_for_c, the_policy_may_change_in_the_middle,
           copying_from_a_segment_goes_on_for_ever, each_thread_has_its_threshold);
    FAMILY(suite, "nothing changes", results_and_arguments_are_the_same, exceptions_are_the_same,
           generators_and_coroutines_are_the_same, tracing_is_the_same, the_mailbox_is_the_same,
           frames_are_seen_through_a_spill);
    FAMILY(suite, "tasklets", tasklets_switch_inside_spills, a_spilled_tasklet_is_unwound);
    FAMILY(suite, "refused", a_collection_keeps_the_stack_where_it_is,
           anothers_collection_does_not_matter, the_last_collection_refuses_too,
           a_foreign_stack_is_not_ours_to_move, a_subinterpreter_is_refused);
    FAMILY(suite, "lab", a_hook_may_ask_for_a_spill);
}
