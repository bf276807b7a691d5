/* SPDX-License-Identifier: MIT
 *
 * gil_py2.c - Python 2's GIL.
 */
#include <dlfcn.h>

#include "harness/control/engine/engine.h"
#include "gil.h"
#include "harness/control/engine/real.h"

static struct {
    int looked;
    volatile int *ticker; /* NULL: it is no Python 2 */
    int (*is_initialised)(void);
    const sem_t *sem; /* NULL: not yet made */
    const struct sw_thread *holder;
} gil;

/* Once, at the first semaphore: what is there of an interpreter has been loaded by then. */
static void look(void)
{
    gil.looked = 1;
    gil.ticker = dlsym(RTLD_DEFAULT, "_Py_Ticker");
    *(void **)&gil.is_initialised = dlsym(RTLD_DEFAULT, "PyEval_ThreadsInitialized");
    if (gil.is_initialised == NULL)
        gil.ticker = NULL;
}

void sw_gil_py2_took(const sem_t *sem)
{
    if (!gil.looked)
        look();
    if (gil.ticker == NULL)
        return;
    /* Who makes it takes it at once. */
    if (gil.sem == NULL && gil.is_initialised()) {
        gil.sem = sem;
        sw_engine_shm()->gil = 2;
    }
    if (sem != gil.sem)
        return;
    gil.holder = sw_engine_self();
    sw_gil_py2_arm();
}

int sw_gil_py2_drops(const sem_t *sem)
{
    if (gil.sem == NULL || sem != gil.sem)
        return 0;
    gil.holder = NULL;
    return 1;
}

int sw_gil_py2_is_mine(void)
{
    return gil.holder != NULL && gil.holder == sw_engine_self();
}

void sw_gil_py2_arm(void)
{
    /* At 0 the next instruction gives the GIL back and takes it again: that is the decision. */
    if (sw_gil_py2_is_mine() && sw_engine_others_may_run())
        *gil.ticker = 0;
}
