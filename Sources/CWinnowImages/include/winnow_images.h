// libspng and TurboJPEG: the two image libraries that return error codes instead of jumping across frames.
#ifndef WINNOW_IMAGES_H
#define WINNOW_IMAGES_H

#include <spng.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <turbojpeg.h>

/// Whether a TurboJPEG error left an image that is whole but for warnings (a stray byte, a missing end marker).
static inline int winnow_jpeg_is_warning(tjhandle handle) { return tjGetErrorCode(handle) == TJERR_WARNING; }

/// Frees what libspng handed over.
static inline void winnow_image_free(void *memory) { free(memory); }

#endif
