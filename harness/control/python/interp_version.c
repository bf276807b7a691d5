/* SPDX-License-Identifier: MIT */
#include "interp_version.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
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

/* "3.11.2 (main, ...": it puts constants together.  NULL: this is no CPython. */
static const char *find_version(void)
{
    const char *(*get_version)(void) = (const char *(*)(void))dlsym(RTLD_DEFAULT, "Py_GetVersion");

    return get_version != NULL && dlsym(RTLD_DEFAULT, "pypy_carefully_make_gil") == NULL
               ? get_version()
               : NULL;
}

const char *sw_interp_version_refusal(char *buf, size_t size)
{
    const char *version = find_version();
    char *rest;

    if (version == NULL)
        return NULL;
    int length = (int)strcspn(version, " ");
    long major = strtol(version, &rest, 10), minor = *rest == '.' ? strtol(rest + 1, NULL, 10) : 0;
    /* "3.13.0 experimental free-threading build (main, ...", and without "experimental" in 3.14. */
    if (strstr(version, "free-threading build") != NULL) {
        snprintf(buf, size,
                 "a free-threaded build of CPython %.*s: it has no GIL, and is not controlled yet",
                 length, version);
        return buf;
    }
    if (major > 3 || (major == 3 && minor >= 6) || (major == 2 && minor >= 7))
        return NULL;
    snprintf(buf, size, "CPython %.*s is too old: 2.7 is controlled, and 3.6 and later", length,
             version);
    return buf;
}

void sw_interp_version_format(char *buf, size_t size)
{
    const char *version;

    *buf = '\0';
    if (format_pypy(buf, size) || (version = find_version()) == NULL)
        return;
    snprintf(buf, size, "%s %.*s",
             dlsym(RTLD_DEFAULT, "slp_spill_limit") != NULL ? "slpython" : "cpython",
             (int)strcspn(version, " "), version);
}
