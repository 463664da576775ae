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

/// FS_ERFINV and FS_LGAMMA of every table: one piece of code, so that their bits cannot differ.
void fs_rounded_rows(int32_t op, int64_t rows, int64_t cols, fs_view a, float *out, int64_t ldout);

#endif
