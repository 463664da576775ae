/* The kind of file system, asked of the kernel. */
#include "CFileSystem.h"

#include <sys/vfs.h>

uint32_t file_system_magic(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (uint32_t)status.f_type : 0;
}
