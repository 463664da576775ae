// Packing weights for the kernels that read them: their size and the call.
internal import CKernels

extension PackedForm {
  /// Floats of a packed matrix.
  func floats(_ shape: Shape, kernels: UnsafePointer<fs_kernels>, tables: ConvolutionTableCache) -> Int {
    let (rows, columns) = (Int64(shape.fixedRowCount), Int64(shape.columns))
    switch self {
    case .matrix: return kernels.pointee.panel_floats(rows, columns)
    case .transposed: return kernels.pointee.panel_floats(columns, rows)
    case .convolution(let geometry, let transposed):
      let tables = tables.tables(geometry, transposed: transposed)
      let (channels, filters) = (Int64(geometry.input.channels), Int64(geometry.output.channels))
      return kernels.pointee.convolution_panel_floats(
        transposed ? filters : channels, transposed ? channels : filters, tables.routes, Int64(tables.routeCount))
    }
  }

  /// The call that packs a matrix.
  func call(
    _ source: TensorMemory, _ shape: Shape, panels: UnsafeMutablePointer<Float>, tables: ConvolutionTableCache
  ) -> KernelCall {
    let (rows, columns) = (Int64(shape.fixedRowCount), Int64(shape.columns))
    switch self {
    case .matrix:
      return { tile in tile.kernels.pointee.pack(rows, columns, source.pointer(tile), source.stride, panels) }
    case .transposed:
      return { tile in
        tile.kernels.pointee.pack_transposed(columns, rows, source.pointer(tile), source.stride, panels)
      }
    case .convolution(let geometry, let transposed):
      let tables = tables.tables(geometry, transposed: transposed)
      let (channels, filters) = (Int64(geometry.input.channels), Int64(geometry.output.channels))
      return { tile in
        tile.kernels.pointee.pack_convolution(
          channels, filters, source.pointer(tile), source.stride, transposed ? 1 : 0, tables.routes,
          Int64(tables.routeCount), panels)
      }
    }
  }
}
