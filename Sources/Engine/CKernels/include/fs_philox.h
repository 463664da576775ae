// Philox 4x32-10: random words as a function of a key and a counter, so that there is no generator state to keep.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011), section 5.
#ifndef FS_PHILOX_H
#define FS_PHILOX_H
#include <stdint.h>

#define FS_PHILOX_M0 0xD2511F53u
#define FS_PHILOX_M1 0xCD9E8D57u
#define FS_PHILOX_W0 0x9E3779B9u
#define FS_PHILOX_W1 0xBB67AE85u

/// Four random words of one counter.
typedef struct fs_philox_words {
  uint32_t w0, w1, w2, w3;
} fs_philox_words;

/// out = Philox4x32-10(counter, key), equal to Random123's philox4x32.
static inline void fs_philox4x32(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)FS_PHILOX_M0 * c0, p1 = (uint64_t)FS_PHILOX_M1 * c2;
    uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c0 = n0;
    c1 = (uint32_t)p1;
    c2 = n2;
    c3 = (uint32_t)p0;
    k0 += FS_PHILOX_W0;
    k1 += FS_PHILOX_W1;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/// The words of block `block` of the stream (seed, stream, step): key = (seed low, seed high ^ stream), counter =
/// (block low, block high, step low, step high).
static inline fs_philox_words fs_philox(uint64_t seed, uint32_t stream, uint64_t step, uint64_t block) {
  uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32) ^ stream};
  uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)step, (uint32_t)(step >> 32)};
  uint32_t out[4];
  fs_philox4x32(out, counter, key);
  fs_philox_words words = {out[0], out[1], out[2], out[3]};
  return words;
}

/// (hi * 2^21 + (lo >> 11)) * 2^-53: uniform in [0, 1), every value a multiple of 2^-53.
static inline double fs_uniform53(uint32_t hi, uint32_t lo) {
  return (double)((int64_t)(((uint64_t)hi << 21) | (lo >> 11))) * 0x1p-53;
}

#endif
