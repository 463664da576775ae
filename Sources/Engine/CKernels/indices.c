// Rows and columns in another order: gathering by index, and endless permutations as a function of the position.
#include <string.h>

#include "fs_kernels.h"
#include "fs_philox.h"

void fs_gather_rows(int64_t rows, int64_t cols, const float *table, int64_t ld, const int64_t *index, float *out) {
  if (cols <= 0) return;
  for (int64_t r = 0; r < rows; r++) memcpy(out + r * cols, table + index[r] * ld, (size_t)cols * sizeof(float));
}

void fs_map_columns(int64_t rows, int64_t cols, const int32_t *start, const int32_t *source, const float *a, int64_t lda,
                    float *out, int64_t ldout) {
  for (int64_t i = 0; i < rows; i++) {
    const float *from = a + i * lda;
    for (int64_t j = 0; j < cols; j++) {
      int32_t s = start[j], end = start[j + 1];
      float sum = s < end ? from[source[s]] : 0.0f;
      for (s++; s < end; s++) sum += from[source[s]];
      out[i * ldout + j] = sum;
    }
  }
}

/// A bijection of 0 … 2^(left + right)-1: each of six rounds xors one part with Philox's word 0 of the other, key =
/// (seed low, seed high ^ stream), counter = (part, round, pass low, pass high).
static uint64_t scramble(const uint32_t key[2], uint64_t pass, unsigned left, unsigned right, uint64_t x) {
  uint32_t low = (uint32_t)(x & ((UINT64_C(1) << right) - 1)), high = (uint32_t)(x >> right);
  uint32_t low_mask = (uint32_t)((UINT64_C(1) << right) - 1), high_mask = (uint32_t)((UINT64_C(1) << left) - 1);
  for (uint32_t round = 0; round < 6; round += 2) {
    uint32_t word[4], counter[4] = {low, round, (uint32_t)pass, (uint32_t)(pass >> 32)};
    fs_philox4x32(word, counter, key);
    high ^= word[0] & high_mask;
    counter[0] = high;
    counter[1] = round + 1;
    fs_philox4x32(word, counter, key);
    low ^= word[0] & low_mask;
  }
  return (uint64_t)high << right | low;
}

void fs_permuted_indices(uint64_t seed, uint32_t stream, uint64_t n, uint64_t position, int64_t count, int64_t *index) {
  unsigned bits = 2;
  while (bits < 64 && n > UINT64_C(1) << bits) bits++;
  unsigned right = (bits + 1) / 2, left = bits - right;
  uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32) ^ stream};
  for (int64_t i = 0; i < count; i++) {
    if (n <= 1) {
      index[i] = 0;
      continue;
    }
    uint64_t at = position + (uint64_t)i, pass = at / n, x = at % n;
    do x = scramble(key, pass, left, right, x);
    while (x >= n);
    index[i] = (int64_t)x;
  }
}
