/* Stands between a program and the C library (LD_PRELOAD) and lets calls that change files below one folder fail, ends the
 * process before the n-th of them, and keeps beside what a power cut would leave.
 *
 *   FAULTS_ROOT     the folder; a real path
 *   FAULTS_CONTROL  a file of struct control, mapped by the test as well, so that it steers a running process
 *   FAULTS_SHADOW   a folder that gets what has been synced: files/KEY the content of a file at its last fsync, folders/KEY
 *                   a folder's entries at its last fsync, a line each ("f KEY name" or "d KEY name")
 *
 * A power cut loses whatever was not synced: content without fsync of the file, names without fsync of the folder. A KEY
 * is the inode with its time of birth, since inodes are given again.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum operation { WRITE = 1, SYNC = 2, RESIZE = 4, CREATE = 8, RENAME = 16, REMOVE = 32 };

struct control {
  int64_t calls;      /* counted by every process that is watched */
  int64_t kill_at;    /* the process ends in place of this call; 0: never */
  int64_t torn;       /* 1: it writes half of the bytes first, where the call writes */
  int64_t fail_errno; /* 0: calls go through */
  int64_t fail_mask;  /* which operations fail */
  int64_t fail_from;  /* from this call on */
  int64_t failed;     /* how many did */
};

static struct control *control;
static char root[PATH_MAX], shadow[PATH_MAX];
static size_t root_length;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int inside;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("FAULTS_ROOT"), *file = getenv("FAULTS_CONTROL"), *copy = getenv("FAULTS_SHADOW");
  if (!folder || !file) return;
  snprintf(root, sizeof root, "%s", folder);
  root_length = strlen(root);
  if (copy) snprintf(shadow, sizeof shadow, "%s", copy);
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0);
  if (descriptor < 0) return;
  void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (mapped != MAP_FAILED) control = mapped;
}

static int is_below(const char *path) {
  return control && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static int names_watched(int folder, const char *path) {
  char whole[PATH_MAX];
  if (!control || inside || !path) return 0;
  if (path[0] == '/') return is_below(path);
  char link[64];
  if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
  else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
  ssize_t length = readlink(link, whole, sizeof whole - 1);
  if (length < 0) return 0;
  snprintf(whole + length, sizeof whole - length, "/%s", path);
  return is_below(whole);
}

/* SQLite's shared memory is rebuilt after every crash and never synced; leaving it out keeps the count of calls steady. */
static int watched(int descriptor) {
  char link[64], path[PATH_MAX];
  if (!control || inside) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_below(path) && !(length > 4 && !strcmp(path + length - 4, "-shm"));
}

/* Counts a call: 0 where it goes through, else what errno it fails with. A process that ends here wrote `half` first. */
static int verdict(enum operation operation, int descriptor, const void *bytes, size_t size, off_t offset) {
  int64_t call = __atomic_add_fetch(&control->calls, 1, __ATOMIC_SEQ_CST);
  if (control->kill_at && call == control->kill_at) {
    if (control->torn && bytes && size > 1) {
      if (offset < 0) syscall(SYS_write, descriptor, bytes, size / 2);
      else syscall(SYS_pwrite64, descriptor, bytes, size / 2, offset);
    }
    kill(getpid(), SIGKILL);
    pause();
  }
  int64_t failure = control->fail_errno;
  if (failure && (control->fail_mask & operation) && call >= control->fail_from) {
    __atomic_add_fetch(&control->failed, 1, __ATOMIC_SEQ_CST);
    return (int)failure;
  }
  return 0;
}

#define FAIL_IF(operation, descriptor, bytes, size, offset) \
  do { \
    int failure = verdict(operation, descriptor, bytes, size, offset); \
    if (failure) { errno = failure; return -1; } \
  } while (0)

/* ---- What a power cut would leave ---- */

static int key_of(int folder, const char *path, int flags, char *key, size_t size, int *is_folder) {
  struct statx facts;
  if (syscall(SYS_statx, folder, path, flags, STATX_BASIC_STATS | STATX_BTIME, &facts)) return -1;
  snprintf(key, size, "%llu.%lld.%u", (unsigned long long)facts.stx_ino, (long long)facts.stx_btime.tv_sec,
           facts.stx_btime.tv_nsec);
  *is_folder = S_ISDIR(facts.stx_mode);
  return 0;
}

static void keep_file(int descriptor, const char *key) {
  char target[PATH_MAX + 128], part[PATH_MAX + 160];
  static char buffer[1 << 16];
  snprintf(target, sizeof target, "%s/files/%s", shadow, key);
  snprintf(part, sizeof part, "%s.part", target);
  char self[64];
  snprintf(self, sizeof self, "/proc/self/fd/%d", descriptor);
  int from = (int)syscall(SYS_openat, AT_FDCWD, self, O_RDONLY | O_CLOEXEC, 0);
  int to = (int)syscall(SYS_openat, AT_FDCWD, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  off_t offset = 0;
  ssize_t size;
  while (from >= 0 && to >= 0 && (size = pread(from, buffer, sizeof buffer, offset)) > 0) {
    syscall(SYS_pwrite64, to, buffer, size, offset);
    offset += size;
  }
  if (from >= 0) close(from);
  if (to >= 0) close(to);
  rename(part, target);
}

static void keep_folder(int descriptor, const char *key) {
  char target[PATH_MAX + 128], part[PATH_MAX + 160], self[64], entry[128];
  snprintf(target, sizeof target, "%s/folders/%s", shadow, key);
  snprintf(part, sizeof part, "%s.part", target);
  snprintf(self, sizeof self, "/proc/self/fd/%d", descriptor);
  DIR *folder = opendir(self);
  if (!folder) return;
  FILE *list = fopen(part, "w");
  for (struct dirent *found; list && (found = readdir(folder));) {
    int is_folder;
    if (!strcmp(found->d_name, ".") || !strcmp(found->d_name, "..")) continue;
    if (key_of(dirfd(folder), found->d_name, AT_SYMLINK_NOFOLLOW, entry, sizeof entry, &is_folder)) continue;
    fprintf(list, "%c %s %s\n", is_folder ? 'd' : 'f', entry, found->d_name);
  }
  if (list) fclose(list);
  closedir(folder);
  rename(part, target);
}

static void keep(int descriptor) {
  char key[128];
  int is_folder;
  if (!shadow[0]) return;
  int before = errno;
  pthread_mutex_lock(&lock);
  inside = 1;
  if (!key_of(descriptor, "", AT_EMPTY_PATH, key, sizeof key, &is_folder)) {
    if (is_folder) keep_folder(descriptor, key);
    else keep_file(descriptor, key);
  }
  inside = 0;
  pthread_mutex_unlock(&lock);
  errno = before;
}

/* ---- The calls ---- */

ssize_t write(int descriptor, const void *bytes, size_t size) {
  if (watched(descriptor)) FAIL_IF(WRITE, descriptor, bytes, size, -1);
  return REAL(write)(descriptor, bytes, size);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
  if (watched(descriptor)) FAIL_IF(WRITE, descriptor, bytes, size, offset);
  return REAL(pwrite)(descriptor, bytes, size, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off_t offset) {
  if (watched(descriptor)) FAIL_IF(WRITE, descriptor, bytes, size, offset);
  return REAL(pwrite64)(descriptor, bytes, size, offset);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  if (watched(descriptor)) FAIL_IF(WRITE, descriptor, NULL, 0, -1);
  return REAL(writev)(descriptor, parts, count);
}

int ftruncate(int descriptor, off_t size) {
  if (watched(descriptor)) FAIL_IF(RESIZE, descriptor, NULL, 0, 0);
  return REAL(ftruncate)(descriptor, size);
}

int ftruncate64(int descriptor, off_t size) {
  if (watched(descriptor)) FAIL_IF(RESIZE, descriptor, NULL, 0, 0);
  return REAL(ftruncate64)(descriptor, size);
}

int fallocate(int descriptor, int mode, off_t offset, off_t size) {
  if (watched(descriptor)) FAIL_IF(RESIZE, descriptor, NULL, 0, 0);
  return REAL(fallocate)(descriptor, mode, offset, size);
}

int posix_fallocate(int descriptor, off_t offset, off_t size) {
  if (watched(descriptor)) {
    int failure = verdict(RESIZE, descriptor, NULL, 0, 0);
    if (failure) return failure;
  }
  return REAL(posix_fallocate)(descriptor, offset, size);
}

int fsync(int descriptor) {
  int is_watched = watched(descriptor);
  if (is_watched) FAIL_IF(SYNC, descriptor, NULL, 0, 0);
  int status = REAL(fsync)(descriptor);
  if (is_watched && !status) keep(descriptor);
  return status;
}

int fdatasync(int descriptor) {
  int is_watched = watched(descriptor);
  if (is_watched) FAIL_IF(SYNC, descriptor, NULL, 0, 0);
  int status = REAL(fdatasync)(descriptor);
  if (is_watched && !status) keep(descriptor);
  return status;
}

#define OPEN(name, folder, path, flags, call) \
  if ((flags & (O_CREAT | O_TRUNC)) && names_watched(folder, path)) FAIL_IF(CREATE, -1, NULL, 0, 0); \
  mode_t mode = 0; \
  if (flags & (O_CREAT | O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  } \
  return call

int open(const char *path, int flags, ...) { OPEN(open, AT_FDCWD, path, flags, REAL(open)(path, flags, mode)); }
int open64(const char *path, int flags, ...) { OPEN(open64, AT_FDCWD, path, flags, REAL(open64)(path, flags, mode)); }
int openat(int folder, const char *path, int flags, ...) {
  OPEN(openat, folder, path, flags, REAL(openat)(folder, path, flags, mode));
}
int openat64(int folder, const char *path, int flags, ...) {
  OPEN(openat64, folder, path, flags, REAL(openat64)(folder, path, flags, mode));
}

int mkdir(const char *path, mode_t mode) {
  if (names_watched(AT_FDCWD, path)) FAIL_IF(CREATE, -1, NULL, 0, 0);
  return REAL(mkdir)(path, mode);
}

int rename(const char *from, const char *to) {
  if (names_watched(AT_FDCWD, to)) FAIL_IF(RENAME, -1, NULL, 0, 0);
  return REAL(rename)(from, to);
}

int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
  if (names_watched(b, to)) FAIL_IF(RENAME, -1, NULL, 0, 0);
  return REAL(renameat2)(a, from, b, to, flags);
}

int link(const char *from, const char *to) {
  if (names_watched(AT_FDCWD, to)) FAIL_IF(CREATE, -1, NULL, 0, 0);
  return REAL(link)(from, to);
}

int unlink(const char *path) {
  if (names_watched(AT_FDCWD, path)) FAIL_IF(REMOVE, -1, NULL, 0, 0);
  return REAL(unlink)(path);
}

int unlinkat(int folder, const char *path, int flags) {
  if (names_watched(folder, path)) FAIL_IF(REMOVE, -1, NULL, 0, 0);
  return REAL(unlinkat)(folder, path, flags);
}
