/* SPDX-License-Identifier: MIT */
#include "interp_version.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* PyPy's own function for it wants a running PyPy; its library is called libpypy3.9-c.so. */
static int format_pypy(char *buf, size_t size)
{
    void *symbol = dlsym(RTLD_DEFAULT, "pypy_carefully_make_gil");
    Dl_info info;

    if (symbol == NULL || dladdr(symbol, &info) == 0 || info.dli_fname == NULL)
        return 0;
    const char *slash = strrchr(info.dli_fname, '/');
    const char *name = slash != NULL ? slash + 1 : info.dli_fname;
    name += strcspn(name, "0123456789");
    snprintf(buf, size, "pypy %.*s", (int)strspn(name, "0123456789."), name);
    return 1;
}

void sw_interp_version_format(char *buf, size_t size)
{
    const char *(*get_version)(void) = (const char *(*)(void))dlsym(RTLD_DEFAULT, "Py_GetVersion");

    *buf = '\0';
    if (format_pypy(buf, size) || get_version == NULL)
        return;
    const char *version = get_version(); /* "3.11.2 (main, ...": it puts constants together */
    snprintf(buf, size, "%s %.*s",
             dlsym(RTLD_DEFAULT, "slp_spill_limit") != NULL ? "slpython" : "cpython",
             (int)strcspn(version, " "), version);
}
