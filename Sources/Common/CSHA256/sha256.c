// SHA-256 as FIPS 180-4 defines it; section numbers below are the standard's.
#include "sha256.h"

#include <string.h>

/// Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
static const uint32_t round_constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotated(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

void fs_sha256_blocks_portable(uint32_t state[8], const uint8_t *blocks, size_t count) {
  for (; count > 0; count -= 1, blocks += 64) {
    uint32_t w[64];
    for (int t = 0; t < 16; t += 1) w[t] = big_endian(blocks + 4 * t);
    for (int t = 16; t < 64; t += 1) {
      uint32_t s0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ w[t - 15] >> 3;
      uint32_t s1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ w[t - 2] >> 10;
      w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int t = 0; t < 64; t += 1) {
      uint32_t sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + round_constants[t] + w[t];
      uint32_t sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + t1;
      d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
  }
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

bool fs_sha256_has_instructions(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) || !(c & bit_SSSE3)) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

__attribute__((target("sha,sse4.1,ssse3"))) void fs_sha256_blocks_instructions(
    uint32_t state[8], const uint8_t *blocks, size_t count) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  // The instructions want the words as (a, b, e, f) and (c, d, g, h), from the highest lane down.
  __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0x1b);
  __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
  __m128i abef = _mm_unpackhi_epi64(efgh, abcd);
  __m128i cdgh = _mm_unpacklo_epi64(efgh, abcd);
  for (; count > 0; count -= 1, blocks += 64) {
    __m128i first = abef, second = cdgh;
    // The sixteen words that the schedule looks back on, four to a register.
    __m128i w[4];
    for (int i = 0; i < 4; i += 1) {
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(blocks + 16 * i)), swap);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i += 1) {
      __m128i now = w[i % 4];
      __m128i sum = _mm_add_epi32(now, _mm_load_si128((const __m128i *)(round_constants + 4 * i)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
      if (i < 12) {
        __m128i w7 = _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4);
        __m128i early = _mm_sha256msg1_epu32(now, w[(i + 1) % 4]);
        w[i % 4] = _mm_sha256msg2_epu32(_mm_add_epi32(early, w7), w[(i + 3) % 4]);
      }
    }
    abef = _mm_add_epi32(abef, first);
    cdgh = _mm_add_epi32(cdgh, second);
  }
  _mm_storeu_si128((__m128i *)state, _mm_shuffle_epi32(_mm_unpackhi_epi64(cdgh, abef), 0x1b));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_shuffle_epi32(_mm_unpacklo_epi64(cdgh, abef), 0x1b));
}
#else
bool fs_sha256_has_instructions(void) { return false; }

void fs_sha256_blocks_instructions(uint32_t state[8], const uint8_t *blocks, size_t count) {
  fs_sha256_blocks_portable(state, blocks, count);
}
#endif

static void compress(uint32_t state[8], const uint8_t *blocks, size_t count) {
  static bool asked, has;
  if (!__atomic_load_n(&asked, __ATOMIC_ACQUIRE)) {
    __atomic_store_n(&has, fs_sha256_has_instructions(), __ATOMIC_RELAXED);
    __atomic_store_n(&asked, true, __ATOMIC_RELEASE);
  }
  if (__atomic_load_n(&has, __ATOMIC_RELAXED)) {
    fs_sha256_blocks_instructions(state, blocks, count);
  } else {
    fs_sha256_blocks_portable(state, blocks, count);
  }
}

fs_sha256 fs_sha256_begin(void) {
  // Section 5.3.3: the first 32 bits of the fractional parts of the square roots of the first eight primes.
  fs_sha256 stream = {.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
                                0x5be0cd19}};
  return stream;
}

void fs_sha256_update(fs_sha256 *stream, const void *bytes, size_t count) {
  if (count == 0) return;
  const uint8_t *rest = bytes;
  size_t waiting = stream->length % 64;
  stream->length += count;
  if (waiting > 0) {
    size_t taken = count < 64 - waiting ? count : 64 - waiting;
    memcpy(stream->block + waiting, rest, taken);
    rest += taken, count -= taken;
    if (waiting + taken < 64) return;
    compress(stream->state, stream->block, 1);
  }
  compress(stream->state, rest, count / 64);
  rest += count / 64 * 64;
  if (count % 64 > 0) memcpy(stream->block, rest, count % 64);
}

void fs_sha256_finish(const fs_sha256 *stream, uint8_t digest[32]) {
  // Section 5.1.1: a bit of 1, zeros, and the length in bits as 64 bits.
  uint32_t state[8];
  uint8_t last[128] = {0};
  size_t waiting = stream->length % 64, blocks = waiting < 56 ? 1 : 2;
  memcpy(state, stream->state, sizeof state);
  memcpy(last, stream->block, waiting);
  last[waiting] = 0x80;
  for (int i = 0; i < 8; i += 1) last[64 * blocks - 1 - i] = (uint8_t)(stream->length * 8 >> 8 * i);
  compress(state, last, blocks);
  for (int i = 0; i < 32; i += 1) digest[i] = (uint8_t)(state[i / 4] >> (24 - i % 4 * 8));
}
