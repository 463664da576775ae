// Exponentials, logarithms, powers, hyperbolic functions and square roots in double precision.
#ifndef FS_MATH64_EXPONENTIAL_H
#define FS_MATH64_EXPONENTIAL_H
#include <stdint.h>
#pragma STDC FP_CONTRACT OFF

#define FS_NAN __builtin_nan("")
#define FS_INFINITY __builtin_inf()

static inline uint64_t fs_bits(double x) {
  uint64_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline double fs_from_bits(uint64_t bits) {
  double x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

/// |x|, by its sign bit.
static inline double fs_abs(double x) { return fs_from_bits(fs_bits(x) & 0x7fffffffffffffffu); }

/// |x| with the sign of y.
static inline double fs_copysign(double x, double y) {
  return fs_from_bits((fs_bits(x) & 0x7fffffffffffffffu) | (fs_bits(y) & 0x8000000000000000u));
}

/// The correctly rounded square root; NaN below zero.
static inline double fs_sqrt(double x) { return __builtin_elementwise_sqrt(x); }

/// x * 2^k for -2044 <= k <= 2046, rounded once where the result is a denormal and x is not.
static inline double fs_scale2(double x, int k) {
  int half = k >> 1;
  return x * fs_from_bits((uint64_t)(half + 1023) << 52) * fs_from_bits((uint64_t)(k - half + 1023) << 52);
}

/// x rounded to the nearest integer, ties to even, for |x| < 2^51.
static inline double fs_nearest(double x) { return (x + 0x1.8p52) - 0x1.8p52; }

/// a * b = *p + *e without error (Veltkamp's split and Dekker's product), where nothing over- or underflows.
static inline void fs_two_product(double a, double b, double *p, double *e) {
  double ta = 134217729.0 * a, tb = 134217729.0 * b;
  double ah = ta - (ta - a), bh = tb - (tb - b);
  double al = a - ah, bl = b - bh;
  *p = a * b;
  *e = ((ah * bh - *p) + ah * bl + al * bh) + al * bl;
}

/// a + b = *s + *e without error (Knuth).
static inline void fs_two_sum(double a, double b, double *s, double *e) {
  *s = a + b;
  double t = *s - a;
  *e = (a - (*s - t)) + (b - t);
}

/// (exp(r) - 1 - r) / r^2 for |r| <= 0.3473, error below 2e-18: the one polynomial of a double and of vectors of doubles,
/// from the highest power, a multiplication and an addition for each.
#define FS_EXP_TAIL(r) \
  ((((((((((2.091483135138041e-09 * (r) + 2.5105419192016337e-08) * (r) + 2.7557273295539724e-07) * \
   (r) + 2.75572549134867e-06) * (r) + 2.4801587325822283e-05) * (r) + 0.00019841269875205077) * (r) + \
   0.001388888888888367) * (r) + 0.008333333333326025) * (r) + 0.04166666666666667) * (r) + \
   0.1666666666666667) * (r) + 0.5)

static inline double fs_exp_tail(double r) { return FS_EXP_TAIL(r); }

/// exp(x + low) for a small low: x = k log 2 + r, then (1 + r + r^2 tail(r)) 2^k.
static inline double fs_exp_sum(double x, double low) {
  if (x != x) return x;
  if (x > 709.8) return FS_INFINITY;
  if (x < -745.2) return 0.0;
  double k = fs_nearest(x * 1.4426950408889634);
  double high = x - k * 0.6931471803691238;
  low = low - k * 1.9082149292705877e-10;
  double r = high + low;
  double rest = (high - r) + low;
  double y = 1.0 + (r + (r * r * fs_exp_tail(r) + rest));
  return fs_scale2(y, (int)k);
}

static inline double fs_exp(double x) { return fs_exp_sum(x, 0.0); }

/// exp(x) - 1, also accurate near 0.
static inline double fs_expm1(double x) {
  if (x != x) return x;
  if (x > 709.8) return FS_INFINITY;
  if (x < -40.0) return -1.0;
  if (fs_abs(x) < 0x1p-54) return x;
  double k = fs_nearest(x * 1.4426950408889634);
  double high = x - k * 0.6931471803691238;
  double low = -(k * 1.9082149292705877e-10);
  double r = high + low;
  double rest = (high - r) + low;
  double tail = r * r * fs_exp_tail(r) + rest;
  if (k == 0.0) return r + tail;
  if (k > 60.0) return fs_scale2(1.0 + (r + tail), (int)k);
  double power = fs_from_bits((uint64_t)((int)k + 1023) << 52);
  double s, e;
  fs_two_sum(power - 1.0, r * power, &s, &e);
  return s + (e + tail * power);
}

/// x = m * 2^k with sqrt(1/2) <= m < sqrt(2), for a positive finite x.
static inline double fs_split_exponent(double x, int *k) {
  int shift = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    shift = 54;
  }
  uint64_t bits = fs_bits(x) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  *k = (int)(bits >> 52) - 1023 - shift;
  return fs_from_bits((bits & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu);
}

/// (log((1 + s) / (1 - s)) / s - 2) / s^2 as a function of z = s^2 <= 0.0296, error below 3e-18.
static inline double fs_log_tail(double z) {
  double p = 0.13094416666525344;
  p = p * z + 0.1326802614042874;
  p = p * z + 0.15386267672882226;
  p = p * z + 0.18181795124476754;
  p = p * z + 0.22222222396552982;
  p = p * z + 0.2857142857078221;
  p = p * z + 0.4000000000000091;
  return p * z + 0.6666666666666666;
}

/// k log 2 + log(1 + f) + low for sqrt(1/2) <= 1 + f < sqrt(2).
static inline double fs_log_combine(double f, int k, double low) {
  double s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
  double tail = s * (half + z * fs_log_tail(z));
  return (double)k * 0.6931471803691238 - ((half - (tail + (low + (double)k * 1.9082149292705877e-10))) - f);
}

static inline double fs_log(double x) {
  if (!(x > 0.0)) return x == 0.0 ? -FS_INFINITY : FS_NAN;
  if (x == FS_INFINITY) return x;
  int k;
  double m = fs_split_exponent(x, &k);
  return fs_log_combine(m - 1.0, k, 0.0);
}

/// log(1 + x), also accurate near 0.
static inline double fs_log1p(double x) {
  if (!(x > -1.0)) return x == -1.0 ? -FS_INFINITY : FS_NAN;
  if (x == FS_INFINITY) return x;
  if (fs_abs(x) < 0x1p-54) return x;
  if (x > -0.2928 && x < 0.4142) return fs_log_combine(x, 0, 0.0);
  double u, rest;
  fs_two_sum(1.0, x, &u, &rest);
  int k;
  double m = fs_split_exponent(u, &k);
  return fs_log_combine(m - 1.0, k, rest / u);
}

/// log(x) = *high + *low to about 2^-62 of it, for a positive finite x.
static inline void fs_log_pair(double x, double *high, double *low) {
  int k;
  double f = fs_split_exponent(x, &k) - 1.0;
  double d, de;
  fs_two_sum(2.0, f, &d, &de);
  double s = f / d, p, pe;
  fs_two_product(s, d, &p, &pe);
  double rest = (((f - p) - pe) - s * de) / d;
  double z = s * s;
  double tail = s * z * fs_log_tail(z) + 2.0 * rest;
  double a, ae;
  fs_two_sum((double)k * 0.6931471803691238, 2.0 * s, &a, &ae);
  double b, be;
  fs_two_sum(a, (double)k * 1.9082149292705877e-10, &b, &be);
  double sum, se;
  fs_two_sum(b, ae + be + tail, &sum, &se);
  *high = sum;
  *low = se;
}

/// x to the power y, with the special values of C's pow.
static inline double fs_pow(double x, double y) {
  if (y == 0.0 || x == 1.0) return 1.0;
  if (x != x || y != y) return x + y;
  double ax = fs_abs(x), ay = fs_abs(y);
  if (ay == FS_INFINITY) return ax == 1.0 ? 1.0 : (ax > 1.0) == (y > 0.0) ? FS_INFINITY : 0.0;
  int integer = ay >= 0x1p53 || (double)(int64_t)y == y;
  int odd = ay < 0x1p53 && integer && ((int64_t)y & 1);
  double sign = (fs_bits(x) >> 63) && odd ? -1.0 : 1.0;
  if (ax == 0.0 || ax == FS_INFINITY) return (ax == 0.0) == (y < 0.0) ? sign * FS_INFINITY : sign * 0.0;
  if (x < 0.0 && !integer) return FS_NAN;
  if (ax == 1.0) return sign;
  double high, low, product, rest;
  fs_log_pair(ax, &high, &low);
  if (fs_abs(y * high) > 800.0) return (high > 0.0) == (y > 0.0) ? sign * FS_INFINITY : sign * 0.0;
  fs_two_product(y, high, &product, &rest);
  return sign * fs_exp_sum(product, rest + y * low);
}

/// sqrt(x^2 + y^2) without needless over- or underflow.
static inline double fs_hypot(double x, double y) {
  x = fs_abs(x);
  y = fs_abs(y);
  if (x == FS_INFINITY || y == FS_INFINITY) return FS_INFINITY;
  double larger = x > y ? x : y;
  double scale = larger > 0x1p500 ? 0x1p-600 : larger < 0x1p-400 ? 0x1p600 : 1.0;
  double back = larger > 0x1p500 ? 0x1p600 : larger < 0x1p-400 ? 0x1p-600 : 1.0;
  x *= scale;
  y *= scale;
  return fs_sqrt(x * x + y * y) * back;
}

static inline double fs_sinh(double x) {
  double a = fs_abs(x), y;
  if (a < 0x1p-28) return x;
  if (a < 22.0) {
    double t = fs_expm1(a);
    y = 0.5 * (t + t / (t + 1.0));
  } else {
    double t = fs_exp(0.5 * a);
    y = (0.5 * t) * t;
  }
  return fs_copysign(y, x);
}

static inline double fs_cosh(double x) {
  double a = fs_abs(x);
  if (a < 22.0) {
    double t = fs_exp(a);
    return 0.5 * t + 0.5 / t;
  }
  double t = fs_exp(0.5 * a);
  return (0.5 * t) * t;
}

/// x + x^3 P(x^2) below 0.55, else 1 - 2 / (exp(2|x|) + 1) with the sign of x.
static inline double fs_tanh(double x) {
  if (x != x) return x;
  double a = fs_abs(x);
  if (a < 0.55) {
    double z = x * x;
    double p = -2.0598556673275166e-05;
    p = p * z + 8.510707927354112e-05;
    p = p * z - 0.00023463104528300406;
    p = p * z + 0.0005889348072447028;
    p = p * z - 0.0014556615775702365;
    p = p * z + 0.003592110347096177;
    p = p * z - 0.008863234395418095;
    p = p * z + 0.021869488493563037;
    p = p * z - 0.05396825396743174;
    p = p * z + 0.13333333333332714;
    p = p * z - 0.3333333333333333;
    return x + x * z * p;
  }
  return fs_copysign(a > 20.0 ? 1.0 : 1.0 - 2.0 / (fs_exp(2.0 * a) + 1.0), x);
}

/// 1 / (1 + exp(-x)), within 4 ulp; exp(x) itself far to the left.
static inline double fs_sigmoid(double x) {
  double e = fs_exp(x < 0.0 ? x : -x);
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

/// log(1 + exp(x)), within 4 ulp.
static inline double fs_softplus(double x) { return (x > 0.0 ? x : 0.0) + fs_log1p(fs_exp(-fs_abs(x))); }

#endif
