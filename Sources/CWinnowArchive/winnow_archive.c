#define _GNU_SOURCE
#include "winnow_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>

struct winnow_zip {
  struct archive *archive;
  // libarchive converts names to the thread's locale; in the C locale all beyond ASCII would be lost.
  locale_t utf8;
};

void winnow_zip_free(winnow_zip *zip) {
  if (zip == NULL) return;
  if (zip->archive != NULL) archive_read_free(zip->archive);
  if (zip->utf8 != (locale_t)0) freelocale(zip->utf8);
  free(zip);
}

winnow_zip *winnow_zip_new(void) {
  winnow_zip *zip = calloc(1, sizeof(winnow_zip));
  if (zip == NULL) return NULL;
  zip->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  zip->archive = archive_read_new();
  if (zip->archive == NULL || archive_read_support_format_zip_seekable(zip->archive) != ARCHIVE_OK) {
    winnow_zip_free(zip);
    return NULL;
  }
  return zip;
}

winnow_zip_status winnow_zip_open(winnow_zip *zip, int descriptor) {
  return archive_read_open_fd(zip->archive, descriptor, 64 << 10) == ARCHIVE_OK ? winnow_zip_ok : winnow_zip_failed;
}

winnow_zip_status winnow_zip_next(winnow_zip *zip, winnow_zip_entry **entry) {
  locale_t before = (locale_t)0;
  if (zip->utf8 != (locale_t)0) before = uselocale(zip->utf8);
  int status = archive_read_next_header(zip->archive, entry);
  if (before != (locale_t)0) uselocale(before);
  if (status == ARCHIVE_EOF) return winnow_zip_end;
  return status == ARCHIVE_OK || status == ARCHIVE_WARN ? winnow_zip_ok : winnow_zip_failed;
}

const char *winnow_zip_name(winnow_zip_entry *entry) { return archive_entry_pathname(entry); }

int winnow_zip_is_file(winnow_zip_entry *entry) { return archive_entry_filetype(entry) == AE_IFREG; }

int winnow_zip_is_encrypted(winnow_zip_entry *entry) { return archive_entry_is_data_encrypted(entry) != 0; }

long winnow_zip_read(winnow_zip *zip, void *output, unsigned long size) {
  return (long)archive_read_data(zip->archive, output, size);
}

const char *winnow_zip_message(winnow_zip *zip) { return archive_error_string(zip->archive); }
