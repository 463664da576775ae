// Records what a process asks of the disk, in the order in which the system did it. Loaded with LD_PRELOAD.
//
//   POWERCUT_LOG     the file that the records are appended to
//   POWERCUT_FOLDER  a folder; only what happens on its file system is recorded
//
// A record is a line `KIND NUMBER NUMBER NUMBER LENGTH`, and LENGTH bytes:
//
//   create FOLDER INODE 0 name             a new file has this name
//   mkdir  FOLDER INODE 0 name
//   link   FOLDER INODE 0 name
//   unlink FOLDER 0 0 name                 also of folders
//   rename FOLDER FOLDER LENGTH names      the length of the first name; the second one follows
//   write  INODE OFFSET 0 bytes
//   size   INODE SIZE 0                    truncated, extended
//   sync   INODE DATA 0                    DATA is 1 for fdatasync
//   say    DESCRIPTOR 0 0 bytes            written to standard output or error
//
// Each call is made and recorded under one lock, so that the order of the records is that of the calls. Not seen are writes
// through memory that is mapped (SQLite's index of its log, which is made anew after a crash) and those that libc makes for
// itself: the reader of the records compares what they add up to with the files that the process left.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static int records = -1;
static dev_t device;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("POWERCUT_LOG"), *folder = getenv("POWERCUT_FOLDER");
  struct stat status;
  if (!path || !folder || syscall(SYS_newfstatat, AT_FDCWD, folder, &status, 0) != 0) return;
  device = status.st_dev;
  int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  // Away from the numbers that a program may take for granted.
  records = (int)syscall(SYS_fcntl, file, F_DUPFD_CLOEXEC, 500);
  syscall(SYS_close, file);
}

static void record(const char *kind, uint64_t a, uint64_t b, uint64_t c, struct iovec *parts, int count) {
  if (records < 0) return;
  size_t length = 0;
  for (int i = 1; i < count; i++) length += parts[i].iov_len;
  char head[160];
  parts[0].iov_base = head;
  parts[0].iov_len = (size_t)snprintf(head, sizeof head, "%s %llu %llu %llu %zu\n", kind, (unsigned long long)a,
                                      (unsigned long long)b, (unsigned long long)c, length);
  ssize_t whole = (ssize_t)(parts[0].iov_len + length);
  if (syscall(SYS_writev, records, parts, count) != whole) {
    static const char words[] = "record.c: the records can't be written\n";
    syscall(SYS_write, 2, words, sizeof words - 1);
    abort();
  }
}

static void record_bytes(const char *kind, uint64_t a, uint64_t b, const void *bytes, size_t length) {
  struct iovec parts[2] = {{0}, {(void *)bytes, length}};
  record(kind, a, b, 0, parts, 2);
}

// The call proper, and the error number that the caller sees.
#define REAL(result, name, ...) \
  static result (*real)(__VA_ARGS__); \
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, name); \
  pthread_mutex_lock(&lock)
#define RETURN(value) \
  do { \
    int saved = errno; \
    pthread_mutex_unlock(&lock); \
    errno = saved; \
    return value; \
  } while (0)

/// Whether a status is that of something on the file system that is watched.
static int is_watched(const struct stat *status) {
  return records >= 0 && status->st_dev == device && (S_ISREG(status->st_mode) || S_ISDIR(status->st_mode));
}

static int is_watched_file(int file, struct stat *status) { return fstat(file, status) == 0 && is_watched(status); }

static const char *last_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/// The inode of the folder that holds a path; 0 where it is not watched.
static uint64_t folder_of(int at, const char *path) {
  const char *slash = strrchr(path, '/');
  char folder[4096];
  size_t length = slash ? (size_t)(slash - path) + 1 : 1;
  if (length >= sizeof folder) return 0;
  memcpy(folder, slash ? path : ".", length);
  folder[length] = 0;
  struct stat status;
  return fstatat(at, folder, &status, 0) == 0 && is_watched(&status) ? status.st_ino : 0;
}

static void record_name(const char *kind, int at, const char *path, uint64_t inode) {
  uint64_t folder = folder_of(at, path);
  if (folder) record_bytes(kind, folder, inode, last_name(path), strlen(last_name(path)));
}

static void record_opened(int file, int flags, int at, const char *path, int existed) {
  struct stat status;
  if (file < 0 || !is_watched_file(file, &status) || !S_ISREG(status.st_mode)) return;
  if (flags & O_CREAT && !existed) {
    record_name("create", at, path, status.st_ino);
  } else if (flags & O_TRUNC) {
    record_bytes("size", status.st_ino, 0, "", 0);
  }
}

static int exists(int at, const char *path) {
  struct stat status;
  return fstatat(at, path, &status, 0) == 0;
}

#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

#define OPEN(function) \
  int function(const char *path, int flags, ...) { \
    MODE(flags) \
    REAL(int, #function, const char *, int, ...); \
    int existed = exists(AT_FDCWD, path); \
    int file = real(path, flags, mode), code = errno; \
    record_opened(file, flags, AT_FDCWD, path, existed); \
    errno = code; \
    RETURN(file); \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(function) \
  int function(int at, const char *path, int flags, ...) { \
    MODE(flags) \
    REAL(int, #function, int, const char *, int, ...); \
    int existed = exists(at, path); \
    int file = real(at, path, flags, mode), code = errno; \
    record_opened(file, flags, at, path, existed); \
    errno = code; \
    RETURN(file); \
  }
OPENAT(openat)
OPENAT(openat64)

#define TEMPORARY(function, parameters, ...) \
  int function parameters { \
    int (*real) parameters; \
    *(void **)&real = dlsym(RTLD_NEXT, #function); \
    pthread_mutex_lock(&lock); \
    int file = real(__VA_ARGS__), code = errno; \
    record_opened(file, O_CREAT, AT_FDCWD, path, 0); \
    errno = code; \
    RETURN(file); \
  }
TEMPORARY(mkstemp, (char *path), path)
TEMPORARY(mkstemp64, (char *path), path)
TEMPORARY(mkostemp, (char *path, int flags), path, flags)
TEMPORARY(mkostemp64, (char *path, int flags), path, flags)
TEMPORARY(mkstemps, (char *path, int suffix), path, suffix)
TEMPORARY(mkostemps, (char *path, int suffix, int flags), path, suffix, flags)

/// After a call that wrote `count` bytes; `offset` is -1 where they ended at the file's position.
static void record_written(int file, const void *bytes, ssize_t count, off_t offset) {
  if (count <= 0) return;
  if (file == 1 || file == 2) record_bytes("say", (uint64_t)file, 0, bytes, (size_t)count);
  struct stat status;
  if (!is_watched_file(file, &status)) return;
  if (offset < 0) offset = lseek(file, 0, SEEK_CUR) - count;
  record_bytes("write", status.st_ino, (uint64_t)offset, bytes, (size_t)count);
}

/// As record_written, with the bytes read back from the file.
static void record_copied(int file, ssize_t count, off_t offset) {
  struct stat status;
  if (count <= 0 || !is_watched_file(file, &status)) return;
  if (offset < 0) offset = lseek(file, 0, SEEK_CUR) - count;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  int copy = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  char *bytes = malloc((size_t)count);
  if (bytes && pread(copy, bytes, (size_t)count, offset) == count) record_written(file, bytes, count, offset);
  free(bytes);
  syscall(SYS_close, copy);
}

static void record_vector(int file, const struct iovec *parts, int number, ssize_t count, off_t offset) {
  if (count <= 0) return;
  char *bytes = malloc((size_t)count);
  size_t done = 0;
  for (int i = 0; bytes && i < number && done < (size_t)count; i++) {
    size_t length = parts[i].iov_len < (size_t)count - done ? parts[i].iov_len : (size_t)count - done;
    memcpy(bytes + done, parts[i].iov_base, length);
    done += length;
  }
  if (bytes) record_written(file, bytes, count, offset);
  free(bytes);
}

ssize_t write(int file, const void *bytes, size_t size) {
  REAL(ssize_t, "write", int, const void *, size_t);
  ssize_t count = real(file, bytes, size);
  int code = errno;
  record_written(file, bytes, count, -1);
  errno = code;
  RETURN(count);
}

#define PWRITE(function, offset_type) \
  ssize_t function(int file, const void *bytes, size_t size, offset_type offset) { \
    REAL(ssize_t, #function, int, const void *, size_t, offset_type); \
    ssize_t count = real(file, bytes, size, offset); \
    int code = errno; \
    record_written(file, bytes, count, (off_t)offset); \
    errno = code; \
    RETURN(count); \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t writev(int file, const struct iovec *parts, int number) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  ssize_t count = real(file, parts, number);
  int code = errno;
  record_vector(file, parts, number, count, -1);
  errno = code;
  RETURN(count);
}

#define PWRITEV(function, offset_type) \
  ssize_t function(int file, const struct iovec *parts, int number, offset_type offset) { \
    REAL(ssize_t, #function, int, const struct iovec *, int, offset_type); \
    ssize_t count = real(file, parts, number, offset); \
    int code = errno; \
    record_vector(file, parts, number, count, (off_t)offset); \
    errno = code; \
    RETURN(count); \
  }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

#define SENDFILE(function, offset_type) \
  ssize_t function(int to, int from, offset_type *offset, size_t size) { \
    REAL(ssize_t, #function, int, int, offset_type *, size_t); \
    ssize_t count = real(to, from, offset, size); \
    int code = errno; \
    record_copied(to, count, -1); \
    errno = code; \
    RETURN(count); \
  }
SENDFILE(sendfile, off_t)
SENDFILE(sendfile64, off64_t)

ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t size, unsigned flags) {
  REAL(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
  off64_t offset = to_offset ? *to_offset : -1;
  ssize_t count = real(from, from_offset, to, to_offset, size, flags);
  int code = errno;
  record_copied(to, count, (off_t)offset);
  errno = code;
  RETURN(count);
}

static void record_size(int file) {
  struct stat status;
  if (is_watched_file(file, &status)) record_bytes("size", status.st_ino, (uint64_t)status.st_size, "", 0);
}

#define RESIZE(function, parameters, types, ...) \
  int function parameters { \
    REAL(int, #function, types); \
    int result = real(__VA_ARGS__), code = errno; \
    if (result == 0) record_size(file); \
    errno = code; \
    RETURN(result); \
  }
#define TYPES(...) __VA_ARGS__
RESIZE(ftruncate, (int file, off_t size), TYPES(int, off_t), file, size)
RESIZE(ftruncate64, (int file, off64_t size), TYPES(int, off64_t), file, size)
RESIZE(fallocate, (int file, int how, off_t start, off_t size), TYPES(int, int, off_t, off_t), file, how, start, size)
RESIZE(fallocate64, (int file, int how, off64_t start, off64_t size), TYPES(int, int, off64_t, off64_t), file, how, start, size)
RESIZE(posix_fallocate, (int file, off_t start, off_t size), TYPES(int, off_t, off_t), file, start, size)
RESIZE(posix_fallocate64, (int file, off64_t start, off64_t size), TYPES(int, off64_t, off64_t), file, start, size)

#define TRUNCATE(function, offset_type) \
  int function(const char *path, offset_type size) { \
    REAL(int, #function, const char *, offset_type); \
    int result = real(path, size), code = errno; \
    struct stat status; \
    if (result == 0 && stat(path, &status) == 0 && is_watched(&status)) \
      record_bytes("size", status.st_ino, (uint64_t)size, "", 0); \
    errno = code; \
    RETURN(result); \
  }
TRUNCATE(truncate, off_t)
TRUNCATE(truncate64, off64_t)

#define SYNC(function, data) \
  int function(int file) { \
    REAL(int, #function, int); \
    int result = real(file), code = errno; \
    struct stat status; \
    if (result == 0 && is_watched_file(file, &status)) record_bytes("sync", status.st_ino, data, "", 0); \
    errno = code; \
    RETURN(result); \
  }
SYNC(fsync, 0)
SYNC(fdatasync, 1)

static int made_folder(int result, int at, const char *path) {
  struct stat status;
  if (result == 0 && fstatat(at, path, &status, 0) == 0 && is_watched(&status))
    record_name("mkdir", at, path, status.st_ino);
  return result;
}

static int removed(int result, int at, const char *path) {
  if (result == 0) record_name("unlink", at, path, 0);
  return result;
}

static int linked(int result, int at, const char *path) {
  struct stat status;
  if (result == 0 && fstatat(at, path, &status, AT_SYMLINK_NOFOLLOW) == 0 && is_watched(&status))
    record_name("link", at, path, status.st_ino);
  return result;
}

static int renamed(int result, int from_at, const char *from, int to_at, const char *to) {
  if (result != 0) return result;
  uint64_t source = folder_of(from_at, from), target = folder_of(to_at, to);
  if (!source || !target) return result;
  struct iovec parts[3] = {
      {0},
      {(void *)last_name(from), strlen(last_name(from))},
      {(void *)last_name(to), strlen(last_name(to))},
  };
  record("rename", source, target, parts[1].iov_len, parts, 3);
  return result;
}

#define NAMED(function, parameters, types, arguments, noted) \
  int function parameters { \
    REAL(int, #function, types); \
    int result = real arguments, code = errno; \
    noted; \
    errno = code; \
    RETURN(result); \
  }
NAMED(mkdir, (const char *path, mode_t mode), TYPES(const char *, mode_t), (path, mode),
      made_folder(result, AT_FDCWD, path))
NAMED(mkdirat, (int at, const char *path, mode_t mode), TYPES(int, const char *, mode_t), (at, path, mode),
      made_folder(result, at, path))
NAMED(unlink, (const char *path), const char *, (path), removed(result, AT_FDCWD, path))
NAMED(rmdir, (const char *path), const char *, (path), removed(result, AT_FDCWD, path))
NAMED(remove, (const char *path), const char *, (path), removed(result, AT_FDCWD, path))
NAMED(unlinkat, (int at, const char *path, int flags), TYPES(int, const char *, int), (at, path, flags),
      removed(result, at, path))
NAMED(link, (const char *from, const char *to), TYPES(const char *, const char *), (from, to),
      linked(result, AT_FDCWD, to))
NAMED(linkat, (int from_at, const char *from, int to_at, const char *to, int flags),
      TYPES(int, const char *, int, const char *, int), (from_at, from, to_at, to, flags), linked(result, to_at, to))
NAMED(rename, (const char *from, const char *to), TYPES(const char *, const char *), (from, to),
      renamed(result, AT_FDCWD, from, AT_FDCWD, to))
NAMED(renameat, (int from_at, const char *from, int to_at, const char *to),
      TYPES(int, const char *, int, const char *), (from_at, from, to_at, to),
      renamed(result, from_at, from, to_at, to))
NAMED(renameat2, (int from_at, const char *from, int to_at, const char *to, unsigned flags),
      TYPES(int, const char *, int, const char *, unsigned), (from_at, from, to_at, to, flags),
      renamed(result, from_at, from, to_at, to))
