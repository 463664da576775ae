// The kernels for AVX2 with FMA: eight lanes, a tile of 6 x 16.
#include "tables.h"
#if defined(__x86_64__)
#define FS_NAME "avx2"
#define FS_TABLE fs_table_avx2
#define FS_LANES 8
#define FS_FUSED 1
#define FS_ROWS 6
#define FS_VECTORS 2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "template/table.h"
#pragma clang attribute pop
#endif
