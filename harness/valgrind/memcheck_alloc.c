/* SPDX-License-Identifier: MIT
 *
 * memcheck_alloc.c - for memcheck only: a library to preload, so that Python
 * takes every object from malloc() and starts its smallest integers with a 0.
 *
 * It is there instead of a suppression.  CPython 3.11 computes the value of an
 * int that has no digits as 0 times its first digit, which nobody has written
 * (medium_value() in longobject.c).  memcheck then holds the product, and all
 * that is computed from it, for undefined; and that is every import.  In
 * /usr/bin/python3.11 the compiler happened to avoid it; in the static archive
 * it did not.
 */
#include <stddef.h>
#include <stdlib.h>

/* The archive's, if it is in this process; declared here as Python.h has them. */
struct allocator {
    void *context;
    void *(*malloc)(void *context, size_t size);
    void *(*calloc)(void *context, size_t count, size_t size);
    void *(*realloc)(void *context, void *block, size_t size);
    void (*free)(void *context, void *block);
};
enum { DOMAIN_MEM = 1, DOMAIN_OBJECT = 2 };
extern void PyMem_SetAllocator(int domain, struct allocator *allocator) __attribute__((weak));

enum { SMALLEST_INT_BYTES = 28 }; /* offsetof(PyLongObject, ob_digit) + sizeof(digit) */

/* Python wants a block of its own even for no bytes at all. */
static size_t at_least_1(size_t size)
{
    return size == 0 ? 1 : size;
}

static void *take(void *context, size_t size)
{
    (void)context;
    return size == SMALLEST_INT_BYTES ? calloc(1, size) : malloc(at_least_1(size));
}

static void *take_zeroed(void *context, size_t count, size_t size)
{
    (void)context;
    return calloc(at_least_1(count), at_least_1(size));
}

static void *resize(void *context, void *block, size_t size)
{
    (void)context;
    return realloc(block, at_least_1(size));
}

static void give_back(void *context, void *block)
{
    (void)context;
    free(block);
}

__attribute__((constructor)) static void install(void)
{
    struct allocator allocator = {NULL, take, take_zeroed, resize, give_back};

    if (PyMem_SetAllocator == NULL)
        return;
    PyMem_SetAllocator(DOMAIN_MEM, &allocator);
    PyMem_SetAllocator(DOMAIN_OBJECT, &allocator);
}
