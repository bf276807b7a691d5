/* SPDX-License-Identifier: MIT */
#include "carrier.h"
const struct sw_carrier sw_carrier_fibers;
