/* SPDX-License-Identifier: MIT */
#include "outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "debug_stop.h"
#include "engine_state.h"
#include "real.h"

void sw_outcome_end(enum sw_control_shm_end end, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sw_engine.shm->report, sizeof sw_engine.shm->report, format, arguments);
    va_end(arguments);
    sw_engine.shm->end = end;
    sw_debug_stop_at_end(sw_engine.shm);
    sw_engine.hooks->end_process(1);
    SW_REAL(_exit)(1); /* no atexit() handler: the program's threads stand still for good */
}
