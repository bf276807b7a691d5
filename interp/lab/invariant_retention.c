/* SPDX-License-Identifier: MIT
 *
 * invariant_retention.c - what is kept for the next tasklet or spill stays within its bound.
 *
 * Counted anew from the lists themselves (frames.h).  What code objects keep counts as if a list had
 * it: a program that makes functions without end would keep without end.
 */
#include "interp/cpython.h"

#include <stdio.h>

#include "interp/frames.h"
#include "interp/frames_zombie.h"
#include "interp/tasklet.h"
#include "invariants.h"

/* Each list may have a thousand pieces: not at every end, but at the first ones, when lists are short.
 * A scenario has no more ends than those. */
enum { ENDS_A_CHECK = 64, NAMED = 3 };

/* Puts home among the first, which are in order; the earlier of two equals stays in front. */
static void put(const struct slp_frames_zombie *first[NAMED], const struct slp_frames_zombie *home)
{
    for (int i = 0; i < NAMED && home != NULL; i++) {
        const struct slp_frames_zombie *there = first[i];
        if (there == NULL || slp_frames_zombie_bytes_of(home) > slp_frames_zombie_bytes_of(there)) {
            first[i] = home;
            home = there;
        }
    }
}

/* "; most by f (x.py:3) 472, g (x.py:7) 472", or nothing. */
static void name_code(char *text, size_t size)
{
    const struct slp_frames_zombie *first[NAMED] = {NULL};
    size_t used = 0;

    for (const struct slp_frames_zombie *home = slp_frames_zombie_first(); home != NULL;
         home = home->next)
        if (slp_frames_zombie_bytes_of(home) > 0)
            put(first, home);
    text[0] = '\0';
    for (int i = 0; i < NAMED && first[i] != NULL && used < size; i++) {
        const PyCodeObject *code = first[i]->code;
        used += (size_t)snprintf(text + used, size - used, "%s%.40s (%.40s:%d) %zu",
                                 i == 0 ? "; most by " : ", ", slp_cpython_code_name(code),
                                 slp_cpython_code_file(code), slp_cpython_code_line(code),
                                 slp_frames_zombie_bytes_of(first[i]));
    }
}

void slp_invariant_retention(struct slp_tasklet *t)
{
    static unsigned ends;

    if (++ends > ENDS_A_CHECK && ends % ENDS_A_CHECK != 0)
        return;
    size_t kept = slp_frames_bytes_kept(), allowed = slp_frames_bytes_allowed();
    if (kept <= allowed)
        return;
    char most[200];
    name_code(most, sizeof most);
    slp_invariants_violated(SLP_I40, t, "%zu bytes are kept in place of frames, more than %zu%s",
                            kept, allowed, most);
}
