/* SPDX-License-Identifier: MIT
 *
 * outside.h - what a schedule finds of the world outside of its process: its starter, files, and
 * children of the one before.
 *
 * No checkpoint puts that back, so it is looked at anew when a schedule begins.
 */
#ifndef SW_OUTSIDE_H
#define SW_OUTSIDE_H

void sw_outside_restart(void);

#endif
