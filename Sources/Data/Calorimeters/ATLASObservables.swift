// Observables of showers in the calorimeter like ATLAS's.
internal import ToyDescriptions

/// Layers are presampler 0, strips 1, middle 2 and back 3; positions are relative to the true impact. Source of the shower
/// shapes: ATLAS, Eur. Phys. J. C 79 (2019) 205, table 1.
struct ATLASObservables: ShowerObservableKind {
  let conditions = ["deta", "dphi"]
  let names =
    ["energy", "response", "eta", "phi"]
    + (0..<4).flatMap { layer in
      ["energy", "frac", "eta", "phi", "width_eta", "width_phi"].map { "layer\(layer)_\($0)" }
    } + ["r_eta", "r_phi", "w_eta2", "w_stot", "f_side", "e_ratio", "depth"]

  private let offsets = ATLASLayer.offsets

  func list(_ hits: borrowing ShowerHits, _ conditions: [Double], _ list: inout ObservableList) {
    let (trueEta, truePhi) = (conditions[1], conditions[2])
    var (totalEta, totalPhi) = (CoordinateSums(), CoordinateSums())
    var layers = [(eta: CoordinateSums, phi: CoordinateSums)](
      repeating: (CoordinateSums(), CoordinateSums()), count: 4)
    var middle = [Double](repeating: 0, count: offsets[3] - offsets[2])
    var strips = [Double](repeating: 0, count: ATLASLayer.all[1].etaCells)
    for hit in 0..<hits.count {
      let (place, e) = (Int(hits.places[hit]), hits.energies[hit])
      let number = place < offsets[1] ? 0 : place < offsets[2] ? 1 : place < offsets[3] ? 2 : 3
      let layer = ATLASLayer.all[number]
      let (i, j) = (place - offsets[number]).quotientAndRemainder(dividingBy: layer.phiCells)
      let eta = layer.etaSide * (Double(i) + 0.5 - 0.5 * Double(layer.etaCells)) - trueEta
      let phi = layer.phiSide * (Double(j) + 0.5 - 0.5 * Double(layer.phiCells)) - truePhi
      totalEta.add(e, at: eta)
      totalPhi.add(e, at: phi)
      layers[number].eta.add(e, at: eta)
      layers[number].phi.add(e, at: phi)
      if number == 1 { strips[i] += e }
      if number == 2 { middle[place - offsets[2]] = e }
    }
    let energy = hits.energy
    list.append([energy, energy / conditions[0], totalEta.mean, totalPhi.mean])
    var depth = 0.0
    for (layer, sums) in zip(ATLASLayer.all, layers) {
      let own = sums.eta.energy
      list.append([own, own / energy, sums.eta.mean, sums.phi.mean, sums.eta.width, sums.phi.width])
      depth += own * 0.5 * (layer.depth.lowerBound + layer.depth.upperBound)
    }
    list.append(middleShapes(middle))
    list.append(stripShapes(strips))
    list.append(depth / energy)
  }

  /// R_eta = E(3x7)/E(7x7), R_phi = E(3x3)/E(3x7) and w_eta2, the eta rms in 3x5; eta x phi cells about the brightest cell,
  /// as far as the layer reaches.
  private func middleShapes(_ cells: [Double]) -> [Double] {
    let layer = ATLASLayer.all[2]
    guard let brightest = cells.max(), brightest > 0, let place = cells.firstIndex(of: brightest) else {
      return [.nan, .nan, .nan]
    }
    let (i, j) = place.quotientAndRemainder(dividingBy: layer.phiCells)
    func window(_ eta: Int, _ phi: Int) -> CoordinateSums {
      var sums = CoordinateSums()
      for a in max(0, i - eta / 2)...min(layer.etaCells - 1, i + eta / 2) {
        for b in max(0, j - phi / 2)...min(layer.phiCells - 1, j + phi / 2) {
          sums.add(cells[a * layer.phiCells + b], at: Double(a - i))
        }
      }
      return sums
    }
    let wide = window(3, 7).energy
    return [
      quotient(wide, window(7, 7).energy), quotient(window(3, 3).energy, wide), layer.etaSide * window(3, 5).width,
    ]
  }

  /// w_stot, the rms in strips, F_side = (E(7 strips) - E(3))/E(3) about the brightest strip, and E_ratio = (E_max1 -
  /// E_max2)/(E_max1 + E_max2) with the largest other local maximum, 0 where there is none.
  private func stripShapes(_ strips: [Double]) -> [Double] {
    guard let first = strips.max(), first > 0, let place = strips.firstIndex(of: first) else {
      return [.nan, .nan, .nan]
    }
    var sums = CoordinateSums()
    for (strip, energy) in strips.enumerated() { sums.add(energy, at: Double(strip - place)) }
    func around(_ reach: Int) -> Double {
      strips[max(0, place - reach)...min(strips.count - 1, place + reach)].reduce(0, +)
    }
    var second = 0.0
    for strip in strips.indices where strip != place {
      let before = strip > 0 ? strips[strip - 1] : 0
      let after = strip + 1 < strips.count ? strips[strip + 1] : 0
      if strips[strip] > before, strips[strip] >= after, strips[strip] > second { second = strips[strip] }
    }
    return [sums.width, quotient(around(3) - around(1), around(1)), (first - second) / (first + second)]
  }
}

/// a/b; NaN unless b is positive.
private func quotient(_ a: Double, _ b: Double) -> Double { b > 0 ? a / b : .nan }
