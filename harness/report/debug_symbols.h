/* SPDX-License-Identifier: MIT
 *
 * debug_symbols.h - are the symbols of a program installed, as Debian's -dbg packages have them?
 */
#ifndef SW_DEBUG_SYMBOLS_H
#define SW_DEBUG_SYMBOLS_H

/* 1: the file has a build ID, and /usr/lib/debug has a file for that. */
int sw_debug_symbols_installed(const char *file);

#endif
