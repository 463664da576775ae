// The kernels by the width of vectors that they use.
#ifndef FS_SHOWER_TABLES_H
#define FS_SHOWER_TABLES_H
#include "CKernels.h"
#include "fs_showers.h"

extern const fs_shower_kernels fs_showers_portable;
#if defined(__x86_64__)
extern const fs_shower_kernels fs_showers_avx2, fs_showers_avx512;
#endif

#endif
