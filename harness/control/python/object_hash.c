/* SPDX-License-Identifier: MIT */
#include "object_hash.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#include "contract/decision.h"
#include "object_layout.h"
#include "object_numbers.h"

/* ---- what is looked at of CPython's structs ----
 *
 * The same in each version from 3.6 on. */

enum {
    TYPE_NAME = 24,
    TYPE_HASH = 120,
    TYPE_FLAGS = 168,
    TYPE_IS_GC = 328,
    METHOD_FUNCTION = 16, /* of PyMethodObject */
    METHOD_SELF = 24, /* likewise, and of PyCFunctionObject and of a method-wrapper */
    BUILTIN_DEF = 16, /* of PyCFunctionObject: its PyMethodDef, ... */
    DEF_FUNCTION = 8, /* ... and the C function in that */
    WRAPPER_DESCR = 16, /* of a method-wrapper */
};

#define HAS_PREHEADER \
    (3ul << 3) /* MANAGED_WEAKREF and MANAGED_DICT; no version before 3.11 sets it */
#define IS_HEAP_TYPE (1ul << 9)
#define IS_GC (1ul << 14)
#define IS_TYPE (1ul << 31)

enum { PREHEADER = 16 }; /* two pointers, in front of the collector's head */

typedef intptr_t (*hash_function)(void *);

static const void *at(const void *object, size_t offset)
{
    return *(const void *const *)((const char *)object + offset);
}

static const void *type_of(const void *object)
{
    return at(object, sizeof(intptr_t));
}

static unsigned long flags_of(const void *type)
{
    return (uintptr_t)at(type, TYPE_FLAGS);
}

/* ---- when an object's memory is freed ---- */

/* CPython's PyMemAllocatorEx, and its domain of objects. */
struct allocator {
    void *context;
    void *(*malloc)(void *context, size_t size);
    void *(*calloc)(void *context, size_t count, size_t size);
    void *(*realloc)(void *context, void *block, size_t size);
    void (*free)(void *context, void *block);
};
enum { DOMAIN_OBJECTS = 2 };

static void (*get_allocator)(int, struct allocator *);
static void (*set_allocator)(int, struct allocator *);
static struct allocator own; /* the interpreter's */

static void free_block(void *context, void *block)
{
    sw_object_numbers_forget((uintptr_t)block);
    own.free(context, block);
}

/* At the first hash, when the interpreter has chosen its allocator: 3.6 does so at its start, and
 * others do with PYTHONMALLOC or -X dev. */
static void watch_frees(void)
{
    if (own.free != NULL)
        return;
    get_allocator(DOMAIN_OBJECTS, &own);
    struct allocator ours = own;
    ours.free = free_block;
    set_allocator(DOMAIN_OBJECTS, &ours);
}

/* ---- an object's hash ---- */

static hash_function by_address; /* object's own */
static size_t gc_head; /* bytes that the collector has in front of an object */
static uint32_t layout;

/* Where the memory of this object begins, which is what is freed. */
static uintptr_t block_of(const void *object)
{
    unsigned long flags = flags_of(type_of(object));

    if ((flags & IS_GC) == 0 || ((flags & IS_TYPE) != 0 && (flags_of(object) & IS_HEAP_TYPE) == 0))
        return (uintptr_t)object;
    return (uintptr_t)object - gc_head - ((flags & HAS_PREHEADER) != 0 ? PREHEADER : 0);
}

/* FNV-1a, 64 bits. */
static uint64_t mix_text(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
    return hash;
}

static uint64_t kind_of(const void *object)
{
    const void *type = type_of(object);
    uint64_t kind = mix_text(0xcbf29ce484222325u, at(type, TYPE_NAME));

    if ((flags_of(type) & IS_TYPE) != 0)
        kind = mix_text(kind ^ '/', at(object, TYPE_NAME));
    return kind | 1;
}

/* Neither 0, which is none, nor -1, which is an error. */
static uint64_t next_of_kind(uint64_t kind)
{
    uint64_t state = kind + (sw_object_numbers_count(kind) << 32) + layout;

    state = sw_decision_random(&state);
    uint64_t hash = sw_decision_random(&state);
    return hash == 0 || hash == UINT64_MAX ? 1 : hash;
}

static intptr_t hash_object(void *object)
{
    uintptr_t block = block_of(object);
    uint64_t hash = sw_object_numbers_find(block);

    if (hash != 0)
        return (intptr_t)hash;
    watch_frees();
    hash = next_of_kind(kind_of(object));
    return sw_object_numbers_add(block, hash) == 0 ? (intptr_t)hash : by_address(object);
}

/* ---- what is bound to an object ----
 *
 * Two that are equal are bound to the same object, and have the same function. */

static hash_function hash_any; /* PyObject_Hash() */

static intptr_t join(intptr_t self, intptr_t function)
{
    uint64_t joined = (uint64_t)self * 31 ^ (uint64_t)function;

    return joined == UINT64_MAX ? 1 : (intptr_t)joined;
}

static intptr_t hash_method(void *method)
{
    intptr_t function = hash_any((void *)at(method, METHOD_FUNCTION));

    return function == -1 ? -1 : join(hash_object((void *)at(method, METHOD_SELF)), function);
}

/* A function in C is no object: its number is that of its address, which is never freed. */
static intptr_t hash_builtin(void *builtin)
{
    void *self = (void *)at(builtin, METHOD_SELF);
    uintptr_t function = (uintptr_t)at(at(builtin, BUILTIN_DEF), DEF_FUNCTION);
    uint64_t hash = sw_object_numbers_find(function);

    if (hash == 0) {
        hash = next_of_kind(mix_text(1, "a function in C"));
        sw_object_numbers_add(function, hash);
    }
    return join(self != NULL ? hash_object(self) : 0, (intptr_t)hash);
}

static intptr_t hash_wrapper(void *wrapper)
{
    return join(hash_object((void *)at(wrapper, METHOD_SELF)),
                hash_object((void *)at(wrapper, WRAPPER_DESCR)));
}

/* ---- the interpreter's types ----
 *
 * All others inherit it when they are made, which is later. */

static hash_function replace(const char *name, hash_function ours)
{
    void *type = dlsym(RTLD_DEFAULT, name);

    if (type == NULL)
        return NULL;
    hash_function *slot = (hash_function *)((char *)type + TYPE_HASH), before = *slot;
    *slot = ours;
    return before;
}

void sw_object_hash_start(const struct sw_control_shm *shm)
{
    get_allocator = (void (*)(int, struct allocator *))dlsym(RTLD_DEFAULT, "PyMem_GetAllocator");
    set_allocator = (void (*)(int, struct allocator *))dlsym(RTLD_DEFAULT, "PyMem_SetAllocator");
    hash_any = (hash_function)dlsym(RTLD_DEFAULT, "PyObject_Hash");
    if (shm->hashes == SW_HASHES_ADDRESS || get_allocator == NULL || set_allocator == NULL ||
        hash_any == NULL)
        return;
    int from_3_8 = dlsym(RTLD_DEFAULT, "PyCode_NewWithPosOnlyArgs") != NULL;
    gc_head = from_3_8 ? 16 : 32;
    layout = sw_object_layout();
    by_address = replace("PyBaseObject_Type", hash_object);
    replace("PyContextVar_Type", hash_object);
    replace("PyCFunction_Type", hash_builtin);
    if (!from_3_8) /* there methods are equal whose objects are */
        return;
    replace("PyMethod_Type", hash_method);
    replace("_PyMethodWrapper_Type", hash_wrapper);
}
