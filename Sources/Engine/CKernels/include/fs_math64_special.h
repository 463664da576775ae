// Error functions, normal quantiles and gamma functions in double precision.
#ifndef FS_MATH64_SPECIAL_H
#define FS_MATH64_SPECIAL_H
#include <stdint.h>

#include "fs_math64_exponential.h"
#include "fs_math64_trigonometric.h"
#pragma STDC FP_CONTRACT OFF

/// exp(x^2) erfc(x) for x >= 0.8: a polynomial in t = (x - 3.75) / (x + 3.75) over 1 + 2x (Shepherd and Laframboise,
/// Math. Comp. 36 (1981) 249).
static inline double fs_erfcx_tail(double x) {
  double t = (x - 3.75) / (x + 3.75);
  double p = 1.421141608651965e-09;
  p = p * t - 4.6001667038119916e-09;
  p = p * t - 7.286948315270649e-09;
  p = p * t + 3.933779918265793e-08;
  p = p * t + 2.8195631299776512e-08;
  p = p * t - 2.6073589578278563e-07;
  p = p * t - 6.120977287298468e-08;
  p = p * t + 1.7537256335125288e-06;
  p = p * t - 9.714581208658575e-07;
  p = p * t - 1.1445323730849927e-05;
  p = p * t + 2.2383480992761654e-05;
  p = p * t + 5.164951375189262e-05;
  p = p * t - 0.0002901538904923344;
  p = p * t + 0.00029371357185169737;
  p = p * t + 0.0017556258204162011;
  p = p * t - 0.009746579544701135;
  p = p * t + 0.028362277422534977;
  p = p * t - 0.0586933985907568;
  p = p * t + 0.09230432116014874;
  p = p * t - 0.10880393014169995;
  p = p * t + 0.08227673849015217;
  p = p * t + 0.0035854154854635875;
  p = p * t - 0.14024059858554702;
  p = p * t + 1.2375126308378275;
  return p / (1.0 + 2.0 * x);
}

/// erfc(x) for x >= 0.8.
static inline double fs_erfc_tail(double x) {
  if (x > 27.3) return 0.0;
  double square, rest;
  fs_two_product(x, x, &square, &rest);
  return fs_exp_sum(-square, -rest) * fs_erfcx_tail(x);
}

/// The error function: odd polynomials below 0.84375, a polynomial about 5/4 below 1.75, else 1 - erfc(|x|).
static inline double fs_erf(double x) {
  if (x != x) return x;
  double a = fs_abs(x);
  if (a < 0.84375) {
    double z = x * x;
    double p = -8.878552054603136e-10;
    p = p * z + 1.4205164443528176e-08;
    p = p * z - 1.6303025717103475e-07;
    p = p * z + 1.6457908047428848e-06;
    p = p * z - 1.4925463215713511e-05;
    p = p * z + 0.00012055327408506912;
    p = p * z - 0.00085483269139565;
    p = p * z + 0.0052239776240765225;
    p = p * z - 0.02686617064503065;
    p = p * z + 0.11283791670954743;
    p = p * z - 0.3761263890318375;
    p = p * z + 0.1283791670955126;
    return x + x * p;
  }
  if (a < 1.75) {
    double s = a - 1.25;
    double p = 3.2720449177668226e-07;
    p = p * s + 1.2272940202582722e-06;
    p = p * s - 6.28369967538776e-06;
    p = p * s - 2.9855884468569497e-06;
    p = p * s + 5.579045960727283e-05;
    p = p * s - 5.274108266384121e-05;
    p = p * s - 0.00032395063409270585;
    p = p * s + 0.000793511591586951;
    p = p * s + 0.0008776356098813031;
    p = p * s - 0.005697678049517647;
    p = p * s + 0.003625982639563931;
    p = p * s + 0.021301272962721378;
    p = p * s - 0.04718103640570916;
    p = p * s - 0.006159404230378007;
    p = p * s + 0.16753579506684207;
    p = p * s - 0.29565140305911364;
    p = p * s + 0.23652112244729073;
    p = p * s + 4.757561106239609e-08;
    return fs_copysign(0.9229000806808472 + p, x);
  }
  return fs_copysign(1.0 - fs_erfc_tail(a), x);
}

/// 1 - erf(x), relatively accurate for large x too.
static inline double fs_erfc(double x) {
  if (x != x) return x;
  return x < 0.84375 ? 1.0 - fs_erf(x) : fs_erfc_tail(x);
}

/// The x >= 0.47 with erfc(x) = q, for 0 < q <= 1/2: a fit in s = sqrt(-log q), then two Newton steps on log erfc.
static inline double fs_erfc_inverse(double q) {
  double target = fs_log(q), s = fs_sqrt(-target), t = (s - 3.0) / (s + 3.0);
  double p = 0.02150070339399953;
  p = p * t - 0.07359627624355697;
  p = p * t + 0.10687671998508058;
  p = p * t - 0.08489026216743696;
  p = p * t + 0.02021247476216539;
  p = p * t + 0.07043755766533923;
  p = p * t - 0.17862212691079044;
  p = p * t + 0.27861981083163806;
  p = p * t - 0.33896153507794335;
  p = p * t + 0.27366468074292016;
  p = p * t + 0.9049202833541454;
  double x = p * s;
  for (int step = 0; step < 2; step++) {
    double square = x * x, scaled = x < 0.84375 ? fs_erfc(x) * fs_exp(square) : fs_erfcx_tail(x);
    double distance = (fs_log(scaled) - square) - target;
    x += distance * 0.886226925452758 * scaled;
  }
  return x;
}

/// The x with erf(x) = y, for -1 <= y <= 1; infinite at the ends, NaN beyond.
static inline double fs_erfinv(double y) {
  double a = fs_abs(y);
  if (!(a <= 1.0)) return FS_NAN;
  if (a == 1.0) return fs_copysign(FS_INFINITY, y);
  if (a > 0.5) return fs_copysign(fs_erfc_inverse(1.0 - a), y);
  if (a < 0x1p-900) return y * 0.886226925452758;
  double w = y * y;
  double p = 0.09519069025344169;
  p = p * w + 0.014526124771553512;
  p = p * w + 0.05823467966982376;
  p = p * w + 0.06416061946552502;
  p = p * w + 0.08660446343795646;
  p = p * w + 0.1275545112484293;
  p = p * w + 0.23201368652261056;
  p = p * w + 0.8862269254136508;
  double x = p * y;
  return x - (fs_erf(x) - y) * 0.886226925452758 * fs_exp(x * x);
}

/// The standard normal quantile: the x with Phi(x) = p, for 0 <= p <= 1; infinite at the ends, NaN beyond.
static inline double fs_probit(double p) {
  if (!(p >= 0.0 && p <= 1.0)) return FS_NAN;
  if (p == 0.0) return -FS_INFINITY;
  if (p == 1.0) return FS_INFINITY;
  if (p < 0.25) return -1.4142135623730951 * fs_erfc_inverse(2.0 * p);
  return 1.4142135623730951 * fs_erfinv(2.0 * p - 1.0);
}

/// log Gamma(2 + t) for |t| <= 1/2, error below 1e-18 of t.
static inline double fs_lgamma_near_two(double t) {
  double p = -1.3219945666117874e-07;
  p = p * t + 2.78740805211359e-07;
  p = p * t - 4.3252393445604814e-07;
  p = p * t + 9.200527894968101e-07;
  p = p * t - 2.0439048107029907e-06;
  p = p * t + 4.38470440459836e-06;
  p = p * t - 9.438715099211532e-06;
  p = p * t + 2.0505590755833454e-05;
  p = p * t - 4.49263133791557e-05;
  p = p * t + 9.945767355819498e-05;
  p = p * t - 0.00022315475400520507;
  p = p * t + 0.0005096695154115458;
  p = p * t - 0.0011927539118428156;
  p = p * t + 0.002890510331034267;
  p = p * t - 0.0073855510286719986;
  p = p * t + 0.02058080842778038;
  p = p * t - 0.0673523010531981;
  p = p * t + 0.32246703342411326;
  p = p * t + 0.42278433509846713;
  return p * t;
}

/// log Gamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2) for x >= 8.
static inline double fs_stirling_rest(double x) {
  double w = 1.0 / (x * x);
  double p = -0.020855820837463117;
  p = p * w + 0.0062081367662297935;
  p = p * w - 0.001914965912162907;
  p = p * w + 0.0008417325268022405;
  p = p * w - 0.0005952380234291254;
  p = p * w + 0.0007936507935117282;
  p = p * w - 0.0027777777777776747;
  p = p * w + 0.08333333333333333;
  return p / x;
}

/// log Gamma(x) for x > 0: by recurrence to 3/2 <= x < 5/2, or Stirling's series from 8 on.
static inline double fs_lgamma_positive(double x) {
  if (x < 0.5) return (fs_lgamma_near_two(x) - fs_log1p(x)) - fs_log(x);
  if (x < 1.5) return fs_lgamma_near_two(x - 1.0) - fs_log1p(x - 1.0);
  if (x >= 8.0) {
    if (x > 0x1p1014) return FS_INFINITY;
    return ((x - 0.5) * (fs_log(x) - 1.0) + 0.4189385332046727) + fs_stirling_rest(x);
  }
  double product = 1.0;
  while (x >= 2.5) {
    x -= 1.0;
    product *= x;
  }
  return fs_lgamma_near_two(x - 2.0) + fs_log(product);
}

/// log |Gamma(x)|; infinite at 0 and the negative integers.
static inline double fs_lgamma(double x) {
  if (x != x) return x;
  if (fs_abs(x) == FS_INFINITY) return FS_INFINITY;
  if (x <= 0.0) {
    if (x <= -0x1p52 || x == fs_nearest(x)) return FS_INFINITY;
    if (x > -0x1p-60) return -fs_log(-x);
    double s, c;
    fs_sincos2pi(0.5 * (x - fs_nearest(x)), &s, &c);
    return fs_log(3.141592653589793 / fs_abs(x * s)) - fs_lgamma_positive(-x);
  }
  return fs_lgamma_positive(x);
}

/// log(1 + u) - u for -0.29 <= u <= 0.41, relatively accurate near 0.
static inline double fs_log1p_minus(double u) {
  double s = u / (2.0 + u), z = s * s;
  return s * (z * fs_log_tail(z) - u);
}

/// x^a exp(-x) / Gamma(a) for a > 0, x > 0.
static inline double fs_gamma_density(double a, double x) {
  if (a < 10.0) {
    if (x < 700.0 && a * fs_abs(fs_log(x)) < 700.0) return fs_exp(-x) * fs_pow(x, a) * fs_exp(-fs_lgamma_positive(a));
    return fs_exp((a * fs_log(x) - x) - fs_lgamma_positive(a));
  }
  double front = fs_sqrt(a * 0.15915494309189535) * fs_exp(-fs_stirling_rest(a));
  double u = (x - a) / a;
  if (u > -0.29 && u < 0.41) return front * fs_exp(a * fs_log1p_minus(u));
  if (a > 0x1p400 || x > 0x1p400) return 0.0;
  double xh, xl, ah, al, p, pe, s, se, d, de;
  fs_log_pair(x, &xh, &xl);
  fs_log_pair(a, &ah, &al);
  fs_two_sum(xh, -ah, &s, &se);
  fs_two_product(a, s, &p, &pe);
  fs_two_sum(a, -x, &d, &de);
  double sum, rest;
  fs_two_sum(p, d, &sum, &rest);
  return front * fs_exp_sum(sum, rest + (pe + de + a * (se + (xl - al))));
}

/// The regularised upper incomplete gamma function Q(a, x) for a > 0, x >= 0 (NaN elsewhere): one minus the power
/// series below x = a + 1, else Legendre's continued fraction (Abramowitz and Stegun 6.5.29 and 6.5.31).
static inline double fs_gamma_q(double a, double x) {
  if (!(a > 0.0) || !(x >= 0.0) || a == FS_INFINITY) return FS_NAN;
  if (x == 0.0) return 1.0;
  if (x == FS_INFINITY) return 0.0;
  double density = fs_gamma_density(a, x);
  if (x < a + 1.0) {
    double term = 1.0 / a, sum = term;
    for (int n = 1; n < 4000000 && term > sum * 0x1p-56; n++) {
      term *= x / (a + n);
      sum += term;
    }
    double p = sum * density;
    return p < 1.0 ? 1.0 - p : 0.0;
  }
  double b = (x - a) + 1.0, c = 0x1p1000, d = 1.0 / b, value = d;
  for (int n = 1; n < 4000000; n++) {
    double numerator = -n * (n - a);
    b += 2.0;
    d = numerator * d + b;
    c = b + numerator / c;
    if (fs_abs(d) < 0x1p-1000) d = 0x1p-1000;
    if (fs_abs(c) < 0x1p-1000) c = 0x1p-1000;
    d = 1.0 / d;
    double factor = d * c;
    value *= factor;
    if (fs_abs(factor - 1.0) < 0x1p-52) break;
  }
  return density * value;
}

#endif
