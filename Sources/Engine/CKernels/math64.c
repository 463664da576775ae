// The parts of the double-precision functions that are too rare or too long for a header.
#include "tables.h"
#pragma STDC FP_CONTRACT OFF

void fs_exp_array(int64_t n, const double *in, double *out) {
  for (int64_t i = 0; i < n; i++) out[i] = fs_exp(in[i]);
}

void fs_log_array(int64_t n, const double *in, double *out) {
  for (int64_t i = 0; i < n; i++) out[i] = fs_log(in[i]);
}

/// 64 zero bits, then the first 1280 bits of 2/pi.
static const uint64_t two_over_pi[21] = {
    0x0000000000000000u, 0xa2f9836e4e441529u, 0xfc2757d1f534ddc0u, 0xdb6295993c439041u, 0xfe5163abdebbc561u,
    0xb7246e3a424dd2e0u, 0x06492eea09d1921cu, 0xfe1deb1cb129a73eu, 0xe88235f52ebb4484u, 0xe99c7026b45f7e41u,
    0x3991d639835339f4u, 0x9c845f8bbdf9283bu, 0x1ff897ffde05980fu, 0xef2f118b5a0a6d1fu, 0x6d367ecf27cb09b7u,
    0x4f463f669e5fea2du, 0x7527bac7ebe5f17bu, 0x3d0739f78a5292eau, 0x6bfb5fb11f8d5d08u, 0x56033046fc7b6babu,
    0xf0cfbc209af4361du,
};

int fs_reduce_large(double x, double *high, double *low) {
  uint64_t bits = fs_bits(x), mantissa = (bits & 0x000fffffffffffffu) | 0x0010000000000000u;
  // x = mantissa * 2^e; the window starts where 2/pi's bits have weight 2^(1-e), so that mantissa * window, of which
  // the whole numbers are dropped, is x * 2/pi in units of four quadrants.
  int e = (int)((bits >> 52) & 0x7ff) - 1075, start = 64 + e - 2;
  int word = start >> 6, shift = start & 63;
  uint64_t product[4];
  uint64_t carry = 0;
  for (int i = 3; i >= 0; i--) {
    uint64_t window = two_over_pi[word + i] << shift;
    if (shift) window |= two_over_pi[word + i + 1] >> (64 - shift);
    unsigned __int128 t = (unsigned __int128)window * mantissa + carry;
    product[i] = (uint64_t)t;
    carry = (uint64_t)(t >> 64);
  }
  int q = (int)(product[0] >> 62);
  // The fraction of a quadrant, as a signed number of 256 bits: beyond a half, count from the next quadrant.
  int negative = (product[0] >> 61) & 1;
  uint64_t fraction[4];
  for (int i = 0; i < 4; i++) fraction[i] = product[i] << 2 | (i < 3 ? product[i + 1] >> 62 : 0);
  if (negative) {
    q = (q + 1) & 3;
    uint64_t one = 1;
    for (int i = 3; i >= 0; i--) {
      fraction[i] = ~fraction[i] + one;
      one = one && fraction[i] == 0;
    }
  }
  int exponent = -64;
  while (fraction[0] >> 63 == 0 && exponent > -192) {
    for (int i = 0; i < 4; i++) fraction[i] = fraction[i] << 1 | (i < 3 ? fraction[i + 1] >> 63 : 0);
    exponent--;
  }
  double a = fs_scale2((double)(int64_t)(fraction[0] >> 11), exponent + 11);
  double b = fs_scale2((double)(int64_t)((fraction[0] & 0x7ff) << 42 | fraction[1] >> 22), exponent + 11 - 53);
  double p, pe;
  fs_two_product(a, 1.5707963267948966, &p, &pe);
  pe += a * 6.123233995736766e-17 + b * 1.5707963267948966;
  double r = p + pe, rest = (p - r) + pe;
  int flip = negative != (int)(bits >> 63);
  *high = flip ? -r : r;
  *low = flip ? -rest : rest;
  return bits >> 63 ? (4 - q) & 3 : q;
}
