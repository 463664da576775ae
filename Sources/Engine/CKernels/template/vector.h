// Vectors of FS_LANES floats: the words in which every kernel of the template is written.
//
// A file that includes the template defines FS_LANES, FS_FUSED (whether the target has a fused multiply-add), FS_ROWS
// and FS_VECTORS (the register tile of a matrix product; 2 or 4 vectors), FS_NAME and FS_TABLE.
#include <string.h>
#pragma STDC FP_CONTRACT OFF

#define FS_INLINE static inline __attribute__((always_inline, unused))

typedef float V __attribute__((ext_vector_type(FS_LANES)));
typedef int32_t VI __attribute__((ext_vector_type(FS_LANES)));
typedef uint32_t VU __attribute__((ext_vector_type(FS_LANES)));
typedef double VD __attribute__((ext_vector_type(FS_LANES)));
typedef int64_t VL __attribute__((ext_vector_type(FS_LANES)));
typedef uint64_t VUL __attribute__((ext_vector_type(FS_LANES)));

FS_INLINE V splat(float x) { return (V)x; }

FS_INLINE V load(const float *p) {
  V v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

FS_INLINE void store(float *p, V v) { __builtin_memcpy(p, &v, sizeof v); }

/// The first `count` floats at p, 0 <= count < FS_LANES, then +0; store_part writes as many.
#if FS_LANES == 16
FS_INLINE V load_part(const float *p, int64_t count) {
  return (V)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}

FS_INLINE void store_part(float *p, V v, int64_t count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
}
#else
FS_INLINE V load_part(const float *p, int64_t count) {
  float part[FS_LANES] = {0};
  int64_t at = 0;
#if FS_LANES == 8
  if (count & 4) __builtin_memcpy(part, p, 16), at = 4;
#endif
#if FS_LANES >= 4
  if (count & 2) __builtin_memcpy(part + at, p + at, 8), at += 2;
#endif
  if (count & 1) part[at] = p[at];
  return load(part);
}

FS_INLINE void store_part(float *p, V v, int64_t count) {
  float part[FS_LANES];
  int64_t at = 0;
  store(part, v);
#if FS_LANES == 8
  if (count & 4) __builtin_memcpy(p, part, 16), at = 4;
#endif
#if FS_LANES >= 4
  if (count & 2) __builtin_memcpy(p + at, part + at, 8), at += 2;
#endif
  if (count & 1) p[at] = part[at];
}
#endif

FS_INLINE V load_count(const float *p, int64_t count) { return count >= FS_LANES ? load(p) : load_part(p, count); }

FS_INLINE void store_count(float *p, V v, int64_t count) {
  if (count >= FS_LANES) {
    store(p, v);
  } else {
    store_part(p, v, count);
  }
}

/// mask ? a : b, lane by lane; a mask is what a comparison of vectors gives.
FS_INLINE V choose(VI mask, V a, V b) { return mask ? a : b; }

FS_INLINE V absolute(V x) { return (V)((VI)x & 0x7fffffff); }

/// x with its sign bit turned over where that of y is set; |x| with the sign of y where x has none.
FS_INLINE V flip_sign(V x, V y) { return (V)((VI)x ^ ((VI)y & (int32_t)0x80000000)); }

FS_INLINE V root(V x) { return __builtin_elementwise_sqrt(x); }

/// What a closed gate of some slope multiplies at most: for a slope of 0 no infinity, as 0 * infinity is NaN.
FS_INLINE V largest_factor(float slope) { return splat(slope == 0.0f ? 0x1.fffffep127f : __builtin_inff()); }

/// slope * v as a closed gate has it; `most` is largest_factor(slope).
FS_INLINE V closed(V v, V slope, V most) {
  v = choose(v > most, most, v);
  return slope * choose(v < -most, -most, v);
}

/// a * b + c, rounded once.
#if FS_FUSED
FS_INLINE V fused(V a, V b, V c) { return __builtin_elementwise_fma(a, b, c); }
#else
/// The product of two floats is exact in double. Its sum with c is rounded to odd (Boldo and Melquiond, IEEE Trans.
/// Comput. 57 (2008) 462): truncated, then the last bit set where anything was lost; 53 bits are more than 2 * 24 + 2,
/// so rounding that to float is rounding the exact sum.
FS_INLINE V fused(V a, V b, V c) {
  VD x = __builtin_convertvector(a, VD) * __builtin_convertvector(b, VD), y = __builtin_convertvector(c, VD);
  VD sum = x + y, t = sum - x;
  VD lost = (x - (sum - t)) + (y - t);
  VL beyond = (VL)(lost * sum < 0.0), inexact = (VL)((lost > 0.0) | (lost < 0.0));
  VL odd = ((VL)sum + beyond) | (inexact & 1);
  return __builtin_convertvector((VD)odd, V);
}
#endif
