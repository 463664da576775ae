// Optimiser updates against their formulas written in Swift, bit for bit.
import CKernels
import Testing

private func flushed(_ x: Float) -> Float { abs(x) < 1e-30 ? 0 : x }

/// Gradients with tiny, huge and non-finite ones among them.
private func gradients(_ count: Int) -> [Float] {
  let tiny: [Float] = [0, 1e-17, -1e-16, 1e-38, 1e19, .infinity, .nan]
  return moderateFloats(count, stream: 51).enumerated().map { $0 % 9 == 0 ? tiny[$0 / 9 % tiny.count] : $1 }
}

@Suite(.timeLimit(.minutes(20))) struct OptimiserTests {
  @Test(arguments: tableNames)
  func rmspropFollowsItsFormula(_ name: String) throws {
    let table = try kernels(name)
    let (rate, decay, epsilon): (Float, Float, Float) = (1e-3, 0.9, 1e-8)
    for count in [0, 1, 7, 16, 133] {
      let start = moderateFloats(count + 1, stream: 52)
      let g = gradients(count + 1)
      var p = start
      var s = [Float](repeating: 0, count: count + 1)
      var (wantedP, wantedS) = (p, s)
      for _ in 0..<4 {
        table.rmsprop(Int64(count), &p, g, &s, rate, decay, epsilon)
        for i in 0..<count {
          let square = (1 - decay) * g[i] * g[i]
          wantedS[i] = flushed(decay * wantedS[i] + square)
          let step = rate * g[i] / (wantedS[i].squareRoot() + epsilon)
          wantedP[i] -= step
        }
        #expect(bits(p) == bits(wantedP) && bits(s) == bits(wantedS))
      }
    }
  }

  @Test(arguments: tableNames)
  func adamFollowsItsFormula(_ name: String) throws {
    let table = try kernels(name)
    let (rate, beta1, beta2, epsilon): (Float, Float, Float, Float) = (1e-3, 0.9, 0.999, 1e-8)
    for count in [0, 1, 7, 16, 133] {
      let start = moderateFloats(count + 1, stream: 53)
      let g = gradients(count + 1)
      var p = start
      var m = [Float](repeating: 0, count: count + 1)
      var v = m
      var (wantedP, wantedM, wantedV) = (p, m, v)
      for (c1, c2) in [(10.0, 1000.0), (5.263158, 500.25)] as [(Float, Float)] {
        table.adam(Int64(count), &p, g, &m, &v, rate, beta1, beta2, epsilon, c1, c2)
        for i in 0..<count {
          let mean = (1 - beta1) * g[i]
          let square = (1 - beta2) * g[i] * g[i]
          wantedM[i] = flushed(beta1 * wantedM[i] + mean)
          wantedV[i] = flushed(beta2 * wantedV[i] + square)
          let corrected = wantedM[i] * c1
          let step = rate * corrected / ((wantedV[i] * c2).squareRoot() + epsilon)
          wantedP[i] -= step
        }
        #expect(bits(p) == bits(wantedP) && bits(m) == bits(wantedM) && bits(v) == bits(wantedV))
      }
    }
  }

  @Test(arguments: tableNames)
  func rmspropWithItsEpsilonInsideMomentumAndClippingFollowTheirFormulas(_ name: String) throws {
    let table = try kernels(name)
    let (rate, decay, epsilon): (Float, Float, Float) = (1e-3, 0.9, 1e-8)
    for count in [0, 1, 7, 16, 133] {
      let g = gradients(count + 1)
      var p = moderateFloats(count + 1, stream: 54)
      var s = [Float](repeating: 0, count: count + 1)
      var v = s
      var (wantedP, wantedS, wantedV) = (p, s, v)
      for _ in 0..<3 {
        table.rmsprop_inside(Int64(count), &p, g, &s, rate, decay, epsilon)
        table.momentum(Int64(count), &p, g, &v, rate, decay)
        table.momentum(Int64(count), &p, g, nil, rate, 0)
        table.clip(Int64(count), &p, 0.5)
        for i in 0..<count {
          let square = (1 - decay) * g[i] * g[i]
          wantedS[i] = flushed(decay * wantedS[i] + square)
          let scaled = rate * g[i] / (wantedS[i] + epsilon).squareRoot()
          wantedP[i] -= scaled
          wantedV[i] = flushed(decay * wantedV[i] + g[i])
          wantedP[i] -= rate * wantedV[i]
          wantedP[i] -= rate * g[i]
          if wantedP[i] > 0.5 { wantedP[i] = 0.5 } else if wantedP[i] < -0.5 { wantedP[i] = -0.5 }
        }
        #expect(bits(p) == bits(wantedP) && bits(s) == bits(wantedS) && bits(v) == bits(wantedV))
      }
    }
  }
}
