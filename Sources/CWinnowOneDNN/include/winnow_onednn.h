// What Winnow uses of oneDNN: one single-precision matrix product on the calling thread.
#ifndef WINNOW_ONEDNN_H
#define WINNOW_ONEDNN_H

#include <dnnl.h>
#include <stdint.h>

// From libgomp, which oneDNN's Debian build runs on. Declared here because omp.h is a compiler's private header.
extern void omp_set_num_threads(int count);

// Keeps OpenMP from starting threads on behalf of the calling thread: its workers busy-wait, and parallelism is ours.
static inline void winnow_use_one_openmp_thread(void) { omp_set_num_threads(1); }

// Row-major C = alpha * op(A) * op(B) + beta * C, with op(A) of shape (m, k) and op(B) of shape (k, n).
// Returns 0 on success, else oneDNN's status. Setting the thread count costs nanoseconds, so it is done on every call:
// the setting belongs to the thread, and no caller can forget it.
static inline int winnow_sgemm(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                               const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c,
                               int64_t ldc) {
  winnow_use_one_openmp_thread();
  return (int)dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

#endif
