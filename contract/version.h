/* SPDX-License-Identifier: MIT */
#ifndef SW_VERSION_H
#define SW_VERSION_H

#define SW_VERSION "0.3.0"
#define SW_VERSION_DATE "2026-11-30" /* of the manual pages */

#endif
