// The limit distributions of the Cramér-von Mises and Anderson-Darling statistics.
internal import CKernels
internal import Numerics

/// P(sum over j of Z_j^2/(pi j)^2 > x), the limit of the Cramér-von Mises statistic under equal distributions.
///
/// Smirnov's alternating series of integrals between neighbouring zeros of sin y, by Chebyshev-Gauss quadrature; exact to
/// about 1e-12, relative in the upper tail. Source: N. Smirnov, C. R. Acad. Sci. Paris 202 (1936) 449.
package func cramerVonMisesSurvival(_ x: Double) -> Double {
  guard x > 0.008 else { return 1 }
  return smirnovSeries { k, s in
    let y = Double.pi * (Double(2 * k - 1) + s)
    return 2 * Double.pi * fs_exp(-0.5 * x * y * y) / fs_sqrt(y)
  }
}

/// P(sum over j of Z_j^2/(j (j + 1)) > x), the limit of the Anderson-Darling statistic under equal distributions.
///
/// The same series for the product over j of (1 - u/(j (j + 1))) = -cos(pi v)/(pi u), u = v^2 - 1/4.
/// Source: T. Anderson, D. Darling, Ann. Math. Stat. 23 (1952) 193.
package func andersonDarlingSurvival(_ x: Double) -> Double {
  guard x > 0.06 else { return 1 }
  return smirnovSeries { k, s in
    let v = Double(2 * k) - 0.5 + s
    let u = v * v - 0.25
    return 2 * v * fs_exp(-0.5 * x * u) * fs_sqrt(Double.pi / u)
  }
}

/// sum over k of (-1)^(k+1)/pi integral over s in (0, 1) of g(k, s)/sqrt(sin(pi s)).
private func smirnovSeries(_ g: (Int, Double) -> Double) -> Double {
  var total = CompensatedSum()
  for k in 1...60 {
    var integral = 0.0
    for node in 0..<48 {
      var (sine, cosine) = (0.0, 0.0)
      fs_sincos2pi((Double(node) + 0.5) / 96, &sine, &cosine)
      let s = 0.5 * (1 + cosine)
      var (root, unused) = (0.0, 0.0)
      fs_sincos2pi(0.5 * min(s, 1 - s), &root, &unused)
      integral += g(k, s) * fs_sqrt(0.25 * sine * sine / root)
    }
    let term = integral / 48
    total.add(k.isMultiple(of: 2) ? -term : term)
    if term < 1e-16 * total.value { break }
  }
  return min(1, max(0, total.value))
}
