// What Swift's Glibc overlay does not show of threads and of memory.
#ifndef WINNOW_THREAD_H
#define WINNOW_THREAD_H

#include <malloc.h>
#include <sys/prctl.h>

// Names the calling thread; the kernel keeps the first 15 bytes.
static inline void winnow_set_thread_name(const char *name) { prctl(PR_SET_NAME, (unsigned long)name, 0, 0, 0); }

// Gives memory that was freed back to the system.
static inline void winnow_trim_memory(void) { malloc_trim(0); }

#endif
