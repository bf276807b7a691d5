/* SPDX-License-Identifier: MIT
 *
 * raw_version.c - plays a CPython of the version that the name of its file is.
 */
#include <errno.h>
#include <stdio.h>

/* As in CPython; libspillway asks for it by name. */
__attribute__((visibility("default"))) const char *Py_GetVersion(void);

const char *Py_GetVersion(void)
{
    return program_invocation_short_name;
}

int main(void)
{
    return puts("it runs") < 0;
}
