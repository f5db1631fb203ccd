// libarchive's zip reader behind functions that Swift can call, with names in UTF-8 whatever the process's locale.
//
// No header of the system is included here: libarchive's pulls in <sys/stat.h>, whose types would then seem to belong to
// this module and not to Glibc.
#ifndef WINNOW_ARCHIVE_H
#define WINNOW_ARCHIVE_H

/// A zip file that is being read.
typedef struct winnow_zip winnow_zip;
/// One of its entries.
typedef struct archive_entry winnow_zip_entry;

/// What a call that reads came to.
typedef enum { winnow_zip_ok, winnow_zip_end, winnow_zip_failed } winnow_zip_status;

/// A reader of zip files, and of nothing else, or NULL without memory.
///
/// Entries are found by the directory at the file's end, so that a file without its end is refused and not half read.
winnow_zip *winnow_zip_new(void);

/// Frees what `winnow_zip_new` made; the descriptor stays open.
void winnow_zip_free(winnow_zip *zip);

/// Opens a file that can be sought in, from its position on.
winnow_zip_status winnow_zip_open(winnow_zip *zip, int descriptor);

/// Goes to the next entry; it lives until the next call.
winnow_zip_status winnow_zip_next(winnow_zip *zip, winnow_zip_entry **entry);

/// The entry's name, or NULL where it has none that can be told.
const char *winnow_zip_name(winnow_zip_entry *entry);

/// Whether the entry is a file, and no folder, link or device.
int winnow_zip_is_file(winnow_zip_entry *entry);

/// Whether the entry's content is encrypted.
int winnow_zip_is_encrypted(winnow_zip_entry *entry);

/// The next bytes of the entry's content: their number, 0 at its end, or an error below 0.
long winnow_zip_read(winnow_zip *zip, void *output, unsigned long size);

/// libarchive's own words about the last error, or NULL.
const char *winnow_zip_message(winnow_zip *zip);

#endif
