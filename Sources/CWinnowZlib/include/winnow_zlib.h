// zlib behind functions that Swift can call: its initialisers are macros.
#ifndef WINNOW_ZLIB_H
#define WINNOW_ZLIB_H

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/// A new inflating stream for gzip files, or NULL without memory. Its address must not change: zlib checks it.
static inline z_stream *winnow_gunzip_new(void) {
  z_stream *stream = (z_stream *)calloc(1, sizeof(z_stream));
  if (stream == NULL) return NULL;
  // 15 window bits, plus 16: a gzip header and trailer, checked.
  if (inflateInit2(stream, 15 + 16) != Z_OK) {
    free(stream);
    return NULL;
  }
  return stream;
}

/// Ends and frees what `winnow_gunzip_new` made.
static inline void winnow_gunzip_free(z_stream *stream) {
  if (stream == NULL) return;
  inflateEnd(stream);
  free(stream);
}

/// Inflates from `input` to `output`; on return `*consumed` and `*produced` hold what was used of each.
static inline int winnow_gunzip(z_stream *stream, const unsigned char *input, unsigned input_size, unsigned *consumed,
                                unsigned char *output, unsigned output_size, unsigned *produced) {
  stream->next_in = (unsigned char *)input;
  stream->avail_in = input_size;
  stream->next_out = output;
  stream->avail_out = output_size;
  int status = inflate(stream, Z_NO_FLUSH);
  *consumed = input_size - stream->avail_in;
  *produced = output_size - stream->avail_out;
  stream->next_in = NULL;
  stream->next_out = NULL;
  return status;
}

/// Makes ready for the next member of the file.
static inline int winnow_gunzip_reset(z_stream *stream) { return inflateReset(stream); }

/// zlib's own words about the last error, or NULL.
static inline const char *winnow_gunzip_message(const z_stream *stream) { return stream->msg; }

/// Compresses all of `input` as one gzip member; returns the size written, or 0 where `output` is too small.
static inline size_t winnow_gzip(const unsigned char *input, size_t input_size, unsigned char *output,
                                 size_t output_size) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  stream.next_in = (unsigned char *)input;
  stream.avail_in = (unsigned)input_size;
  stream.next_out = output;
  stream.avail_out = (unsigned)output_size;
  int status = deflate(&stream, Z_FINISH);
  size_t written = output_size - stream.avail_out;
  deflateEnd(&stream);
  return status == Z_STREAM_END ? written : 0;
}

#endif
