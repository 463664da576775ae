// Trigonometric functions and their inverses in double precision.
#ifndef FS_MATH64_TRIGONOMETRIC_H
#define FS_MATH64_TRIGONOMETRIC_H
#include <stdint.h>

#include "fs_math64_exponential.h"
#pragma STDC FP_CONTRACT OFF

/// Payne and Hanek's reduction for any finite |x| >= 2^-8: x = q pi/2 + *high + *low, returns q modulo 4.
int fs_reduce_large(double x, double *high, double *low);

/// x = q pi/2 + *high + *low with |*high| <= pi/4, returns q modulo 4. pi/2 is cut into three parts of 33 bits (Cody
/// and Waite), whose products with q are exact below 2^19; beyond that all the bits of 2/pi that matter are used.
static inline int fs_reduce(double x, double *high, double *low) {
  if (fs_abs(x) >= 0x1p19) return fs_reduce_large(x, high, low);
  double q = fs_nearest(x * 0.6366197723675814);
  double a = x - q * 1.5707963267341256, b, be, c, ce;
  fs_two_sum(a, -(q * 6.077100506303966e-11), &b, &be);
  fs_two_sum(b, -(q * 2.0222662487111665e-21), &c, &ce);
  double rest = (be + ce) - q * 8.4784276603689e-32;
  *high = c + rest;
  *low = (c - *high) + rest;
  return (int)q & 3;
}

/// sin(r + low) for |r| <= 0.787.
static inline double fs_sin_reduced(double r, double low) {
  double z = r * r;
  double p = -7.586389554705215e-13;
  p = p * z + 1.6058526388142101e-10;
  p = p * z - 2.505210619936182e-08;
  p = p * z + 2.7557319219243677e-06;
  p = p * z - 0.0001984126984126494;
  p = p * z + 0.008333333333333331;
  p = p * z - 0.16666666666666666;
  return r + (r * z * p + low * (1.0 - 0.5 * z));
}

/// cos(r + low) for |r| <= 0.787.
static inline double fs_cos_reduced(double r, double low) {
  double z = r * r;
  double p = 4.745700902269626e-14;
  p = p * z - 1.1470457979362018e-11;
  p = p * z + 2.087675577268547e-09;
  p = p * z - 2.755731922134973e-07;
  p = p * z + 2.4801587301584578e-05;
  p = p * z - 0.0013888888888888887;
  p = p * z + 0.041666666666666664;
  double half = 0.5 * z, w = 1.0 - half;
  return w + (((1.0 - w) - half) + (z * z * p - r * low));
}

/// Value number q (modulo 4) of s, c, -s, -c: sin(r + q pi/2).
static inline double fs_quadrant(int q, double s, double c) {
  double v = q & 1 ? c : s;
  return q & 2 ? -v : v;
}

static inline double fs_sin(double x) {
  if (!(fs_abs(x) < FS_INFINITY)) return FS_NAN;
  if (fs_abs(x) < 0x1p-27) return x;
  double r, low;
  int q = fs_reduce(x, &r, &low);
  return fs_quadrant(q, fs_sin_reduced(r, low), fs_cos_reduced(r, low));
}

static inline double fs_cos(double x) {
  if (!(fs_abs(x) < FS_INFINITY)) return FS_NAN;
  double r, low;
  int q = fs_reduce(x, &r, &low);
  return fs_quadrant(q + 1, fs_sin_reduced(r, low), fs_cos_reduced(r, low));
}

static inline double fs_tan(double x) {
  if (!(fs_abs(x) < FS_INFINITY)) return FS_NAN;
  if (fs_abs(x) < 0x1p-27) return x;
  double r, low;
  int q = fs_reduce(x, &r, &low);
  double s = fs_sin_reduced(r, low), c = fs_cos_reduced(r, low);
  return q & 1 ? -c / s : s / c;
}

/// *s = sin(2 pi turns) and *c = cos(2 pi turns), for |turns| < 2^49; exact at every quarter turn. NaN beyond.
static inline void fs_sincos2pi(double turns, double *s, double *c) {
  if (!(fs_abs(turns) < 0x1p49)) {
    *s = FS_NAN;
    *c = FS_NAN;
    return;
  }
  double q = fs_nearest(4.0 * turns);
  double f = turns - 0.25 * q, z = f * f;
  double p = -0.7124440626783193;
  p = p * z + 3.8198307439800163;
  p = p * z - 15.094641279579799;
  p = p * z + 42.0586939378057;
  p = p * z - 76.70585975304292;
  p = p * z + 81.60524927607504;
  p = p * z - 41.34170224039976;
  double sine = f * 6.283185307179586 + (f * z * p + f * 2.4492935982947064e-16);
  double g = 0.2797407860657504;
  g = g * z - 1.714333269420992;
  g = g * z + 7.90353561233896;
  g = g * z - 26.4262567778174;
  g = g * z + 60.24464137185456;
  g = g * z - 85.45681720669369;
  g = g * z + 64.9393940226683;
  g = g * z - 19.739208802178716;
  double cosine = 1.0 + z * g;
  int quadrant = (int)((int64_t)q & 3);
  *s = fs_quadrant(quadrant, sine, cosine);
  *c = fs_quadrant(quadrant + 1, sine, cosine);
}

/// atan(t) - t for |t| <= 0.4376.
static inline double fs_atan_tail(double t) {
  double z = t * t;
  double p = -0.017539916204913773;
  p = p * z + 0.03781854858641458;
  p = p * z - 0.050336850838998956;
  p = p * z + 0.05847669756799626;
  p = p * z - 0.06663232236816255;
  p = p * z + 0.07692086789119736;
  p = p * z - 0.09090900168668452;
  p = p * z + 0.11111110899821627;
  p = p * z - 0.14285714283138384;
  p = p * z + 0.19999999999987714;
  p = p * z - 0.33333333333333326;
  return t * z * p;
}

/// atan(y / x) for y >= 0, x >= 0, not both zero nor infinite: atan(c) + atan((y - c x) / (x + c y)), c = 0, 1/2, 1,
/// 3/2, inf.
static inline double fs_atan_ratio(double y, double x) {
  double high = 0.0, low = 0.0, t;
  if (y < 0.4375 * x) {
    t = y / x;
  } else if (y < 0.6875 * x) {
    high = 0.4636476090008061, low = 2.2698777452961687e-17;
    t = (2.0 * y - x) / (2.0 * x + y);
  } else if (y < 1.1875 * x) {
    high = 0.7853981633974483, low = 3.061616997868383e-17;
    t = (y - x) / (x + y);
  } else if (y < 2.4375 * x) {
    high = 0.982793723247329, low = 1.3903311031230998e-17;
    t = (y - 1.5 * x) / (x + 1.5 * y);
  } else {
    high = 1.5707963267948966, low = 6.123233995736766e-17;
    t = -(x / y);
  }
  return high + (t + (fs_atan_tail(t) + low));
}

static inline double fs_atan(double x) {
  if (x != x) return x;
  double a = fs_abs(x);
  if (a < 0x1p-27) return x;
  return fs_copysign(a == FS_INFINITY ? 1.5707963267948966 : fs_atan_ratio(a, 1.0), x);
}

/// The angle of (x, y) in (-pi, pi], with the special values of C's atan2.
static inline double fs_atan2(double y, double x) {
  if (x != x || y != y) return x + y;
  double ax = fs_abs(x), ay = fs_abs(y), angle;
  if (ay == 0.0) {
    angle = 0.0;
  } else if (ax == 0.0) {
    angle = 1.5707963267948966;
  } else if (ax == FS_INFINITY || ay == FS_INFINITY) {
    angle = ax == ay ? 0.7853981633974483 : ax == FS_INFINITY ? 0.0 : 1.5707963267948966;
  } else {
    double larger = ax > ay ? ax : ay;
    double scale = larger > 0x1p1000 ? 0x1p-100 : larger < 0x1p-900 ? 0x1p120 : 1.0;
    angle = fs_atan_ratio(ay * scale, ax * scale);
  }
  if (fs_bits(x) >> 63) angle = 3.141592653589793 - (angle - 1.2246467991473532e-16);
  return fs_copysign(angle, y);
}

static inline double fs_asin(double x) {
  if (!(fs_abs(x) <= 1.0)) return FS_NAN;
  if (fs_abs(x) < 0x1p-27) return x;
  return fs_atan2(x, fs_sqrt((1.0 - x) * (1.0 + x)));
}

static inline double fs_acos(double x) {
  if (!(fs_abs(x) <= 1.0)) return FS_NAN;
  return 2.0 * fs_atan2(fs_sqrt(1.0 - x), fs_sqrt(1.0 + x));
}

#endif
