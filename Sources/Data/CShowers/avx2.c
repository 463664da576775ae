// The kernels of showers for AVX2: four doubles at a time.
#include "tables.h"
#if defined(__x86_64__)
#define FS_TABLE fs_showers_avx2
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "template/showers.h"
#pragma clang attribute pop
#endif
