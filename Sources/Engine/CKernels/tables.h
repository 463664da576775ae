// The tables that this build holds; a target without an instruction set has no table of its name.
#ifndef FS_TABLES_H
#define FS_TABLES_H
#include "fs_kernels.h"
#include "fs_math64.h"
#include "fs_philox.h"

extern const fs_kernels fs_table_portable;
#if defined(__x86_64__)
extern const fs_kernels fs_table_sse2, fs_table_avx2, fs_table_avx512;
#endif
#if defined(__aarch64__)
extern const fs_kernels fs_table_neon;
#endif

#endif
