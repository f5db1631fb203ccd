// Durations that were measured, and what is said of them.
#ifndef WINNOW_BENCH_SAMPLES_H
#define WINNOW_BENCH_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t *nanoseconds;
  size_t count, capacity;
} Samples;

void samples_add(Samples *samples, uint64_t nanoseconds);

// Writes {"median": …, "p95": …, "p99": …, "max": …} in milliseconds; sorts the samples.
void samples_print(Samples *samples);

#endif
