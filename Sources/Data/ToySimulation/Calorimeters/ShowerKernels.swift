// The C functions of the shower simulation, chosen by instruction set.
internal import CKernels
internal import CShowers

/// The inner loops of the simulation for one instruction set.
struct ShowerKernels: @unchecked Sendable {
  private let table: fs_shower_kernels

  /// - Parameter instructions: nil for the best one that this machine has, or FASTSIM_ISA names.
  init(_ instructions: String?) {
    guard let kernels = fs_kernels_named(instructions) ?? fs_kernels_named("portable"),
      let table = fs_shower_kernels_of(kernels)
    else { preconditionFailure("there are portable kernels") }
    self.table = table.pointee
  }

  /// Adds the spots of a shower to cells, scaled so that all spots together have an energy.
  /// - Parameters:
  ///   - energy: of all spots, those outside the cells included, in the cells' unit.
  ///   - sums: zeros.
  func deposit(
    _ development: ShowerDevelopment, _ energy: Double, in cells: ShowerCells, random: fs_event,
    sums: UnsafeMutableBufferPointer<Double>
  ) {
    let block = Int(FS_SPOT_BLOCK)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * block) { spots in
      guard let spot = spots.baseAddress, let sum = sums.baseAddress else { return }
      let (weight, depth, across, up) = (spot, spot + block, spot + 2 * block, spot + 3 * block)
      var total = 0.0
      withUnsafePointer(to: random) { random in
        withUnsafePointer(to: development.profile) { profile in
          for first in stride(from: 0, to: development.spotCount, by: block) {
            let count = Int64(min(block, development.spotCount - first))
            total += table.spots(random, profile, Int64(first), count, weight, depth, across, up)
            switch cells {
            case .box(let box):
              withUnsafePointer(to: box) { table.fill_box($0, count, weight, depth, across, up, sum) }
            case .layers(let layers, let eta, let phi):
              table.fill_layers(Int32(layers.count), layers, eta, phi, count, weight, depth, across, up, sum)
            }
          }
        }
      }
      table.scale(Int64(sums.count), energy / total, sum)
    }
  }

  /// Adds independent normal noise of a standard deviation to each cell.
  func addNoise(_ sigma: Double, to cells: UnsafeMutableBufferPointer<Double>, random: fs_event, block: UInt64) {
    withUnsafePointer(to: random) { table.noise($0, block, sigma, Int64(cells.count), cells.baseAddress) }
  }

  /// The cells as floats, those at or below the threshold as 0.
  func readOut(
    _ cells: UnsafeMutableBufferPointer<Double>, threshold: Double, into shower: UnsafeMutableBufferPointer<Float>
  ) {
    table.read_out(Int64(cells.count), cells.baseAddress, threshold, shower.baseAddress)
  }
}
