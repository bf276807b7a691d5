/* SPDX-License-Identifier: MIT */
#include "trace_class.h"

/* As next() of random_program.c: SplitMix64. */
static uint64_t mix(uint64_t z)
{
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static int changes(struct sw_pending one)
{
    return one.op == SW_OP_WRITE || one.op == SW_OP_ACQUIRE || one.op == SW_OP_RELEASE ||
           one.op == SW_OP_TAKE;
}

int sw_trace_class_orders(struct sw_pending a, struct sw_pending b)
{
    if (a.op == SW_OP_NONE || b.op == SW_OP_NONE)
        return 0;
    if (a.op == SW_OP_UNKNOWN || b.op == SW_OP_UNKNOWN)
        return 1;
    return a.object == b.object && (changes(a) || changes(b));
}

/* The thread and which of its operations it is. */
static uint64_t name_of(const struct sw_trace *trace, uint32_t i)
{
    uint64_t number = 0;

    for (uint32_t k = 0; k < i; k++)
        number += trace->events[k].thread == trace->events[i].thread;
    return (uint64_t)trace->events[i].thread << 32 | number;
}

/* Sums, so that the order in which the pairs are found does not matter. */
uint64_t sw_trace_class(const struct sw_trace *trace)
{
    uint64_t sum = 0;

    for (uint32_t j = 0; j < trace->count; j++) {
        const struct sw_trace_event *later = &trace->events[j];
        uint64_t name = name_of(trace, j);
        sum += mix(name);
        for (uint32_t i = 0; i < j; i++) {
            const struct sw_trace_event *earlier = &trace->events[i];
            if (earlier->thread != later->thread && sw_trace_class_orders(earlier->did, later->did))
                sum += mix(mix(name_of(trace, i)) ^ name);
        }
    }
    return sum;
}
