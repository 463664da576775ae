// The inputs and the hash that the driver's checks share: the same on every machine, made of Philox words alone.
#ifndef FS_ARM_CHECK_INPUTS_H
#define FS_ARM_CHECK_INPUTS_H
#include <stddef.h>
#include <stdint.h>

#include "CKernels.h"

/// Where every hash starts (FNV-1a, 64 bits).
#define HASH_START UINT64_C(0xcbf29ce484222325)

/// FNV-1a of the values' bits, lowest byte first, every NaN as one.
uint64_t hash_floats(uint64_t hash, const float *values, int64_t count);
uint64_t hash_doubles(uint64_t hash, const double *values, int64_t count);
uint64_t hash_words(uint64_t hash, const uint64_t *words, int64_t count);

/// Multiples of 2^-23 in [-1, 1).
void moderate_floats(uint32_t stream, int64_t count, float *out);
/// Moderate floats, one in 64 of which is tiny: products of two of them are denormal or zero.
void small_floats(uint32_t stream, int64_t count, float *out);
/// Random bit patterns (every exponent, both signs); every fourth is a special value: zeros, infinities, NaN,
/// denormals, the largest and smallest, the edges of exp and of the reductions of sin.
void any_floats(uint32_t stream, int64_t count, float *out);
/// The same for doubles: a quarter special values, a quarter bit patterns, half in [-20, 20).
void any_doubles(uint32_t stream, int64_t count, double *out);

/// Memory for `count` values of `size` bytes, at least one; ends the program where there is none.
void *allocate(int64_t count, size_t size);

/// One line of the answer: who, what, hash.
void report(const char *table, const char *kernel, uint64_t hash);

/// Reports every kernel of a table.
void check_table(const fs_kernels *kernels);
/// Reports the functions that are no table's: double precision, random words, permutations, gathering, the pool.
void check_common(void);

#endif
