// The kernels of showers for AVX-512: eight doubles at a time.
#include "tables.h"
#if defined(__x86_64__)
#define FS_TABLE fs_showers_avx512
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#include "template/showers.h"
#pragma clang attribute pop
#endif
