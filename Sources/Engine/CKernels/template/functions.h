// Elementary functions of float vectors: multiplications, additions, divisions and square roots in a fixed order,
// nothing fused. Polynomials are Chebyshev fits; errors are at most 2 ulp (sigmoid and softplus 2.5).

/// x rounded to the nearest integer, ties to even, for |x| < 2^22.
FS_INLINE V nearest(V x) { return (x + 0x1.8p23f) - 0x1.8p23f; }

/// exp(x): x = k log 2 + r, (1 + r + r^2 P(r)) 2^k by two exact powers of two, so that denormal results are rounded
/// once.
FS_INLINE V v_exp(V x) {
  x = choose(x > splat(89.0f), splat(89.0f), x);
  x = choose(x < splat(-104.0f), splat(-104.0f), x);
  V shifted = x * 1.44269502f + 0x1.8p23f;
  V k = shifted - 0x1.8p23f;
  V r = (x - k * 0.693145751953125f) - k * 1.42860677e-06f;
  V p = r * 0.000198919806f + 0.00139345415f;
  p = p * r + 0.00833331048f;
  p = p * r + 0.0416664556f;
  p = p * r + 0.166666672f;
  p = p * r + 0.5f;
  V y = 1.0f + (r + r * r * p);
  VI n = (VI)shifted - 0x4b400000;
  VI half = n >> 1;
  return y * (V)((half + 127) << 23) * (V)((n - half + 127) << 23);
}

/// k log 2 + log(1 + f) for sqrt(1/2) <= 1 + f < sqrt(2).
FS_INLINE V log_combine(V f, V k) {
  V p = f * 0.0697161183f - 0.114797339f;
  p = p * f + 0.116854198f;
  p = p * f - 0.124256872f;
  p = p * f + 0.142490581f;
  p = p * f - 0.166678026f;
  p = p * f + 0.200007156f;
  p = p * f - 0.24999997f;
  p = p * f + 0.333333313f;
  V z = f * f;
  V tail = (f * z * p + k * 1.42860677e-06f) - 0.5f * z;
  return (f + tail) + k * 0.693145751953125f;
}

/// log(x) of a positive normal x.
FS_INLINE V log_normal(V x, V k) {
  VI bits = (VI)x - 0x3f3504f3;
  return log_combine((V)((bits & 0x007fffff) + 0x3f3504f3) - 1.0f, k + __builtin_convertvector(bits >> 23, V));
}

FS_INLINE V v_log(V x) {
  VI tiny = x < splat(0x1p-126f);
  V y = log_normal(choose(tiny, x * 0x1p23f, x), choose(tiny, splat(-23.0f), splat(0.0f)));
  y = choose(x < splat(__builtin_inff()), y, x);
  y = choose(x == splat(0.0f), splat(-__builtin_inff()), y);
  return choose(x < splat(0.0f), splat(__builtin_nanf("")), y);
}

/// x + x^3 P(x^2) below 5/8, else 1 - 2 / (exp(2|x|) + 1), with the sign of x.
FS_INLINE V v_tanh(V x) {
  V a = absolute(x), z = a * a;
  V p = z * 0.00228962628f - 0.00834118854f;
  p = p * z + 0.0217680763f;
  p = p * z - 0.0539591573f;
  p = p * z + 0.133333027f;
  p = p * z - 0.333333343f;
  V near = a + a * z * p;
  V far = 1.0f - 2.0f / (v_exp(a + a) + 1.0f);
  return flip_sign(choose(a < splat(0.625f), near, far), x);
}

/// 1 / (1 + e) for x >= 0, e / (1 + e) below, e = exp(-|x|).
FS_INLINE V v_sigmoid(V x) {
  V e = v_exp(-absolute(x));
  return choose(x < splat(0.0f), e, splat(1.0f)) / (1.0f + e);
}

/// max(x, 0) + log(1 + e), e = exp(-|x|); for large e, 1 + e = 2 (1 + (e - 1) / 2).
FS_INLINE V v_softplus(V x) {
  V e = v_exp(-absolute(x));
  VI small = e < splat(0.414f);
  V tail = log_combine(choose(small, e, 0.5f * (e - 1.0f)), choose(small, splat(0.0f), splat(1.0f)));
  return choose(x > splat(0.0f), x, splat(0.0f)) + tail;
}

/// x + x P(x^2) below 7/8, else 1 - exp(log erfc), which a polynomial in |x| gives up to 4, with the sign of x.
FS_INLINE V v_erf(V x) {
  V a = absolute(x), z = a * a;
  V p = z * 8.68395509e-05f - 0.000821321621f;
  p = p * z + 0.00520694256f;
  p = p * z - 0.0268616676f;
  p = p * z + 0.112837344f;
  p = p * z - 0.376126349f;
  p = p * z + 0.128379166f;
  V near = a + a * p;
  V c = choose(a > splat(4.0f), splat(4.0f), a);
  V g = c * -5.50748318e-08f + 1.32055732e-06f;
  g = g * c - 1.23032278e-05f;
  g = g * c + 3.91817666e-05f;
  g = g * c + 0.000262741989f;
  g = g * c - 0.00388330501f;
  g = g * c + 0.0248636026f;
  g = g * c - 0.10822802f;
  g = g * c - 0.633236229f;
  g = g * c - 1.12961233f;
  g = g * c + 0.000199963222f;
  return flip_sign(choose(a < splat(0.875f), near, 1.0f - v_exp(g)), x);
}

/// sin and cos of 2 pi v for 0 <= v < 1, exact at quarter turns.
FS_INLINE void sine_cosine_turns(V v, V *s, V *c) {
  V shifted = v * 4.0f + 0x1.8p23f;
  V f = v - (shifted - 0x1.8p23f) * 0.25f;
  VI n = (VI)shifted;
  V z = f * f;
  V p = z * 41.5895424f - 76.7012863f;
  p = p * z + 81.6052322f;
  p = p * z - 41.3417015f;
  V sine = f * 6.28318548f + f * (z * p - 1.74845553e-07f);
  V g = z * 59.4241066f - 85.448822f;
  g = g * z + 64.9393692f;
  g = g * z - 19.7392082f;
  V cosine = 1.0f + z * g;
  VI odd = (n & 1) != 0;
  *s = (V)((VI)choose(odd, cosine, sine) ^ ((n & 2) << 30));
  *c = (V)((VI)choose(odd, sine, cosine) ^ (((n + 1) & 2) << 30));
}
