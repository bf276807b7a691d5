/* SPDX-License-Identifier: MIT
 *
 * unchecked_call.h - calls after which CPython 3.11 does not look whether to switch threads.
 *
 * After each call it looks at its eval breaker, but for four that it specialises: len(x),
 * isinstance(x, y), type(x) and list.append(x).  A frame that is traced runs nothing that is
 * specialised, and specialises nothing.  So a run that is only looked at (access_note.h) would have
 * decisions that the recorded one has not.  Here each of the four is known when its PRECALL comes:
 * by the bytecode that stands there, which is specialised here as the interpreter would have done
 * it.
 */
#ifndef SW_UNCHECKED_CALL_H
#define SW_UNCHECKED_CALL_H

#include "contract/explain_log.h"
#include "operation.h"

/* Of the bytecode that the frame is about to run: if it is a PRECALL, whether the interpreter, were
 * it not traced, would look after the call, and whether it would still do so once it has specialised
 * it.  What is specialised looks nowhere where cold code does not: no point is of warm code alone. */
enum sw_next_check sw_unchecked_call_comes(const _PyInterpreterFrame *frame);

#endif
