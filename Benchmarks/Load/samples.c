#include "samples.h"

#include <stdio.h>
#include <stdlib.h>

void samples_add(Samples *samples, uint64_t nanoseconds) {
  if (samples->count == samples->capacity) {
    samples->capacity = samples->capacity ? 2 * samples->capacity : 4096;
    samples->nanoseconds = realloc(samples->nanoseconds, samples->capacity * sizeof(uint64_t));
    if (samples->nanoseconds == NULL) abort();
  }
  samples->nanoseconds[samples->count++] = nanoseconds;
}

static int compare(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

// The smallest sample that at least this share of all samples does not exceed.
static double quantile(const Samples *samples, double share) {
  if (samples->count == 0) return 0;
  size_t rank = (size_t)(share * (double)samples->count);
  if (rank >= samples->count) rank = samples->count - 1;
  return (double)samples->nanoseconds[rank] / 1e6;
}

void samples_print(Samples *samples) {
  qsort(samples->nanoseconds, samples->count, sizeof(uint64_t), compare);
  printf("{\"median\": %.3f, \"p95\": %.3f, \"p99\": %.3f, \"max\": %.3f}", quantile(samples, 0.5),
         quantile(samples, 0.95), quantile(samples, 0.99), quantile(samples, 1));
}
