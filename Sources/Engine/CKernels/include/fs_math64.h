// Double-precision functions that give the same bits everywhere: multiplications, additions, divisions and square roots
// in a fixed order, no fused operations, no library calls. Polynomials are near-minimax (Chebyshev fits); constants are
// the nearest doubles. NaN gives NaN; infinities, zeros, denormals, overflow and underflow behave as in C's math
// library.
//
//   within 2 ulp                fs_exp fs_expm1 fs_log fs_log1p fs_sin fs_cos fs_sincos2pi fs_tanh fs_atan fs_erf
//   within 4 ulp                fs_sigmoid fs_softplus
//   within 1e-14, relative      fs_pow fs_tan fs_atan2 fs_asin fs_acos fs_sinh fs_cosh fs_hypot fs_erfc fs_erfinv
//                               fs_probit fs_lgamma (away from its zeros at negative arguments), fs_gamma_q
//                               (1e-13 for a above 10^4, far in a tail)
//   correctly rounded           fs_sqrt
#ifndef FS_MATH64_H
#define FS_MATH64_H
#include <stdint.h>

#include "fs_math64_exponential.h"
#include "fs_math64_special.h"
#include "fs_math64_trigonometric.h"

/// out[i] = fs_exp(in[i]); out may be in.
void fs_exp_array(int64_t n, const double *in, double *out);
/// out[i] = fs_log(in[i]); out may be in.
void fs_log_array(int64_t n, const double *in, double *out);

#endif
