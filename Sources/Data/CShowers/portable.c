// The kernels of showers for any machine of the target, and the choice among all.
#include <string.h>

#include "tables.h"
#define FS_TABLE fs_showers_portable
#include "template/showers.h"

const fs_shower_kernels *fs_shower_kernels_of(const fs_kernels *kernels) {
#if defined(__x86_64__)
  if (strcmp(kernels->name, "avx512") == 0) return &fs_showers_avx512;
  if (strcmp(kernels->name, "avx2") == 0) return &fs_showers_avx2;
#else
  (void)kernels;
#endif
  return &fs_showers_portable;
}
