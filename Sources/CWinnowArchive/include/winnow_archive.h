// libarchive's zip reader behind functions that Swift can call, with names in UTF-8 whatever the process's locale.
#ifndef WINNOW_ARCHIVE_H
#define WINNOW_ARCHIVE_H

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>

/// A zip file that is being read.
typedef struct {
  struct archive *archive;
  /// libarchive converts names to the thread's locale; in the C locale all beyond ASCII would be lost.
  locale_t utf8;
} winnow_zip;

/// Frees what `winnow_zip_new` made; the descriptor stays open.
static inline void winnow_zip_free(winnow_zip *zip) {
  if (zip == NULL) return;
  if (zip->archive != NULL) archive_read_free(zip->archive);
  if (zip->utf8 != (locale_t)0) freelocale(zip->utf8);
  free(zip);
}

/// A reader of zip files, and of nothing else, or NULL without memory.
///
/// Entries are found by the directory at the file's end, so that a file without its end is refused and not half read.
static inline winnow_zip *winnow_zip_new(void) {
  winnow_zip *zip = (winnow_zip *)calloc(1, sizeof(winnow_zip));
  if (zip == NULL) return NULL;
  zip->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  zip->archive = archive_read_new();
  if (zip->archive == NULL || archive_read_support_format_zip_seekable(zip->archive) != ARCHIVE_OK) {
    winnow_zip_free(zip);
    return NULL;
  }
  return zip;
}

/// Opens a file that can be sought in, from its position on.
static inline int winnow_zip_open(winnow_zip *zip, int descriptor) {
  return archive_read_open_fd(zip->archive, descriptor, 64 << 10);
}

/// Goes to the next entry; it lives until the next call.
static inline int winnow_zip_next(winnow_zip *zip, struct archive_entry **entry) {
  locale_t before = (locale_t)0;
  if (zip->utf8 != (locale_t)0) before = uselocale(zip->utf8);
  int status = archive_read_next_header(zip->archive, entry);
  if (before != (locale_t)0) uselocale(before);
  return status;
}

/// The entry's name, or NULL where it has none that can be told.
static inline const char *winnow_zip_name(struct archive_entry *entry) { return archive_entry_pathname(entry); }

/// Whether the entry is a file, and no folder, link or device.
static inline int winnow_zip_is_file(struct archive_entry *entry) { return archive_entry_filetype(entry) == AE_IFREG; }

/// Whether the entry's content is encrypted.
static inline int winnow_zip_is_encrypted(struct archive_entry *entry) {
  return archive_entry_is_data_encrypted(entry) != 0;
}

/// The next bytes of the entry's content: their number, 0 at its end, or an error below 0.
static inline long winnow_zip_read(winnow_zip *zip, void *output, size_t size) {
  return (long)archive_read_data(zip->archive, output, size);
}

/// libarchive's own words about the last error, or NULL.
static inline const char *winnow_zip_message(const winnow_zip *zip) { return archive_error_string(zip->archive); }

#endif
