// Rows and columns in another order: gathering by index, and endless permutations as a function of the position.
#include <string.h>

#include "fs_kernels.h"
#include "fs_philox.h"

void fs_gather_rows(int64_t rows, int64_t cols, const float *table, int64_t ld, const int64_t *index, float *out) {
  if (cols <= 0) return;
  for (int64_t r = 0; r < rows; r++) memcpy(out + r * cols, table + index[r] * ld, (size_t)cols * sizeof(float));
}

/// Sources that are added into one sum.
enum { FS_COLUMNS_TOGETHER = 256 };

/// The column of channel c of the first largest cell of window j, or of its first NaN.
static int64_t largest(const float *x, const int32_t *start, const int32_t *source, int64_t j, int64_t channels,
                       int64_t c) {
  int64_t best = (int64_t)source[start[j]] * channels + c;
  for (int32_t s = start[j] + 1; s < start[j + 1]; s++) {
    int64_t place = (int64_t)source[s] * channels + c;
    // A comparison with NaN is false: a NaN stays the best, and one that comes is found by itself.
    if (x[place] > x[best] || (x[place] != x[place] && x[best] == x[best])) best = place;
  }
  return best;
}

void fs_map_columns(int64_t rows, int64_t cols, const int32_t *start, const int32_t *source, const float *a, int64_t lda,
                    float *out, int64_t ldout) {
  for (int64_t i = 0; i < rows; i++) {
    const float *from = a + i * lda;
    for (int64_t j = 0; j < cols; j++) {
      int32_t s = start[j], end = start[j + 1];
      float total = 0.0f;
      for (int is_first = 1; s < end; is_first = 0) {
        int32_t stop = end - s < FS_COLUMNS_TOGETHER ? end : s + FS_COLUMNS_TOGETHER;
        float sum = from[source[s]];
        for (s++; s < stop; s++) sum += from[source[s]];
        total = is_first ? sum : total + sum;
      }
      out[i * ldout + j] = total;
    }
  }
}

void fs_select_largest(int64_t rows, int64_t cells, int64_t channels, const int32_t *start, const int32_t *source,
                       const float *x, int64_t ldx, const float *values, int64_t ldvalues, float *out, int64_t ldout) {
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t j = 0; j < cells; j++) {
      for (int64_t c = 0; c < channels; c++) {
        int64_t place = largest(x + i * ldx, start, source, j, channels, c);
        out[i * ldout + j * channels + c] = values[i * ldvalues + place];
      }
    }
  }
}

void fs_spread_to_largest(int64_t rows, int64_t cells, int64_t channels, const int32_t *start, const int32_t *source,
                          const float *x, int64_t ldx, const float *values, int64_t ldvalues, int64_t columns, float *out,
                          int64_t ldout) {
  for (int64_t i = 0; i < rows; i++) {
    memset(out + i * ldout, 0, (size_t)columns * sizeof(float));
    for (int64_t j = 0; j < cells; j++) {
      for (int64_t c = 0; c < channels; c++)
        out[i * ldout + largest(x + i * ldx, start, source, j, channels, c)] = values[i * ldvalues + j * channels + c];
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
