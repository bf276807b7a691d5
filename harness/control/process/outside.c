/* SPDX-License-Identifier: MIT */
#include "outside.h"

#include "children.h"
#include "harness/control/time/file_times.h"
#include "pid.h"

void sw_outside_restart(void)
{
    sw_pid_restart();
    sw_file_times_restart();
    sw_children_restart();
}
