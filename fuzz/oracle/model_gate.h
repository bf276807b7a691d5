/* SPDX-License-Identifier: MIT
 *
 * model_gate.h - does a step of dpor that is switched off show, on models (dpor_model.h)?
 *
 * A model runs in microseconds, so that many thousands can be tried.  It shows the step if dpor runs,
 * with it switched off, another number of classes than there are, or runs that are begun in vain and
 * are not without it: no run is to be one of those.
 */
#ifndef SW_MODEL_GATE_H
#define SW_MODEL_GATE_H

#include <stdint.h>

#include "contract/search_faults.h"

/* How many models are tried. */
enum { SW_MODEL_GATE_MODELS = 20000 };

/* The first model that shows it, from 1 on, and in *what how; 0: none does; -1: no memory. */
int sw_model_gate_run(enum sw_search_fault fault, const char **what);

#endif
