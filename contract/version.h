/* SPDX-License-Identifier: MIT */
#ifndef SW_VERSION_H
#define SW_VERSION_H

#define SW_VERSION "0.3.0"

#endif
