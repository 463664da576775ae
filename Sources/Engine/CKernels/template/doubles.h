// Registers of doubles, and the exponential of many of them.

/// One register of doubles.
#if FS_LANES == 1
#define FS_DOUBLES 1
#else
#define FS_DOUBLES (FS_LANES / 2)
#endif
typedef double VR __attribute__((ext_vector_type(FS_DOUBLES)));
typedef int64_t VRI __attribute__((ext_vector_type(FS_DOUBLES)));
typedef uint64_t VRU __attribute__((ext_vector_type(FS_DOUBLES)));

FS_INLINE VR load_doubles(const double *p) {
  VR v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

FS_INLINE void store_doubles(double *p, VR v) { __builtin_memcpy(p, &v, sizeof v); }

/// fs_exp, operation by operation; arguments out of its range are brought into it first and answered last.
FS_INLINE VR v_exp_doubles(VR x) {
  VRI above = (VRI)(x > (VR)709.8), below = (VRI)(x < (VR)-745.2), number = (VRI)(x == x);
  VR inside = number & ~above & ~below ? x : (VR)0.0;
  VR shifted = inside * 1.4426950408889634 + 0x1.8p52;
  VR k = shifted - 0x1.8p52;
  VR high = inside - k * 0.6931471803691238;
  VR low = 0.0 - k * 1.9082149292705877e-10;
  VR r = high + low;
  VR rest = (high - r) + low;
  VR p = FS_EXP_TAIL(r);
  VR y = 1.0 + (r + (r * r * p + rest));
  // 2^k as two powers; k + 2048 is positive, so that the shift needs no sign.
  VRU n = (VRU)shifted - 0x4338000000000000u;
  VRU half = ((n + 2048) >> 1) - 1024;
  y = y * (VR)((half + 1023) << 52) * (VR)((n - half + 1023) << 52);
  y = above ? (VR)__builtin_inf() : y;
  y = below ? (VR)0.0 : y;
  return number ? y : x;
}

static void exp_doubles(int64_t n, const double *in, double *out) {
  int64_t i = 0;
  for (; i + FS_DOUBLES <= n; i += FS_DOUBLES) store_doubles(out + i, v_exp_doubles(load_doubles(in + i)));
  for (; i < n; i++) out[i] = fs_exp(in[i]);
}
