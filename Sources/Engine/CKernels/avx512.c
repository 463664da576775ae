// The kernels for AVX-512: sixteen lanes, a tile of 14 x 32 in 28 of 32 registers.
#include "tables.h"
#if defined(__x86_64__)
#include <immintrin.h>
#define FS_NAME "avx512"
#define FS_TABLE fs_table_avx512
#define FS_LANES 16
#define FS_FUSED 1
#define FS_ROWS 14
#define FS_VECTORS 2
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#include "template/table.h"
#pragma clang attribute pop
#endif
