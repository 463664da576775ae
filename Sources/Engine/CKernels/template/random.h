// Philox words in the layout of 64-element blocks, and the uniforms and normals made of them.

/// The high halves of the 64-bit products x * multiplier; *low gets the low halves.
FS_INLINE VU multiply_wide(VU x, uint32_t multiplier, VU *low) {
#if FS_LANES == 1
  VUL product = __builtin_convertvector(x, VUL) * (uint64_t)multiplier;
  *low = __builtin_convertvector(product, VU);
  return __builtin_convertvector(product >> 32, VU);
#else
  typedef uint64_t Pairs __attribute__((ext_vector_type(FS_LANES / 2)));
  Pairs mask = (Pairs)(uint64_t)0xffffffffu;
  Pairs even = ((Pairs)x & mask) * (uint64_t)multiplier, odd = ((Pairs)x >> 32) * (uint64_t)multiplier;
  *low = (VU)((even & mask) | (odd << 32));
  return (VU)((even >> 32) | (odd & ~mask));
#endif
}

/// The four words of the counters c, c+1, …, one a lane, where c's low 4 bits leave room for the lanes.
FS_INLINE void words_of(uint64_t seed, uint32_t stream, uint64_t step, uint64_t c, VU w[4]) {
  VU lane;
  for (int l = 0; l < FS_LANES; l++) lane[l] = (uint32_t)l;
  VU c0 = lane + (uint32_t)c, c1 = (VU)(uint32_t)(c >> 32), c2 = (VU)(uint32_t)step, c3 = (VU)(uint32_t)(step >> 32);
  uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32) ^ stream;
  for (int round = 0; round < 10; round++) {
    VU low0, low1;
    VU high0 = multiply_wide(c0, FS_PHILOX_M0, &low0), high1 = multiply_wide(c2, FS_PHILOX_M1, &low1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += FS_PHILOX_W0;
    k1 += FS_PHILOX_W1;
  }
  w[0] = c0;
  w[1] = c1;
  w[2] = c2;
  w[3] = c3;
}

/// (word >> 8) * 2^-24 after adding `plus` to the 24-bit integer.
FS_INLINE V unit(VU word, int32_t plus) { return __builtin_convertvector((VI)(word >> 8) + plus, V) * 0x1p-24f; }

static void uniform_block(uint64_t seed, uint32_t stream, uint64_t step, uint64_t block, float *out) {
  for (int l = 0; l < 16; l += FS_LANES) {
    VU w[4];
    words_of(seed, stream, step, block * 16 + (uint64_t)l, w);
    for (int k = 0; k < 4; k++) store(out + 16 * k + l, unit(w[k], 0));
  }
}

static void normal_block(uint64_t seed, uint32_t stream, uint64_t step, uint64_t block, float *out) {
  for (int l = 0; l < 16; l += FS_LANES) {
    VU w[4];
    words_of(seed, stream, step, block * 16 + (uint64_t)l, w);
    for (int k = 0; k < 4; k += 2) {
      V s, c, radius = root(-2.0f * log_normal(unit(w[k], 1), splat(0.0f)));
      sine_cosine_turns(unit(w[k + 1], 0), &s, &c);
      store(out + 16 * k + l, radius * c);
      store(out + 16 * k + 16 + l, radius * s);
    }
  }
}

/// Elements offset … offset+n-1 from blocks of 64; a block that is wanted in part is made aside.
FS_INLINE void blocks(void (*const block_of)(uint64_t, uint32_t, uint64_t, uint64_t, float *), uint64_t seed,
                      uint32_t stream, uint64_t step, int64_t offset, int64_t n, float *out) {
  while (n > 0) {
    uint64_t block = (uint64_t)offset / 64;
    int64_t skip = (int64_t)((uint64_t)offset % 64), count = 64 - skip < n ? 64 - skip : n;
    if (count == 64) {
      block_of(seed, stream, step, block, out);
    } else {
      float whole[64];
      block_of(seed, stream, step, block, whole);
      for (int64_t i = 0; i < count; i++) out[i] = whole[skip + i];
    }
    offset += count;
    n -= count;
    out += count;
  }
}

static void uniform(uint64_t seed, uint32_t stream, uint64_t step, int64_t offset, int64_t n, float *out) {
  blocks(uniform_block, seed, stream, step, offset, n, out);
}

static void normal(uint64_t seed, uint32_t stream, uint64_t step, int64_t offset, int64_t n, float *out) {
  blocks(normal_block, seed, stream, step, offset, n, out);
}
