// The digest that ties an epoch to all before it.
package import Digests

/// SHA-256 over
/// "fastsim epoch 1\n<previous digest, or - for the first epoch>\n<epoch>\n<step>\n", then for each point in the byte
/// order of the series' names "point\t<series>\n" and the value, then for each trace in the same order
/// "trace\t<series>\t<first step>\t<count>\n" and the values, then "parameters\t<parameter digest>\n".
/// Values are little-endian float64; every NaN counts as 0x7ff8000000000000, because stores keep no other.
package func chainDigest(
  previous: Digest?, epoch: Int, step: Int, points: [(series: String, value: Double)],
  traces: [(series: String, firstStep: Int, values: [Double])], parameterDigest: Digest
) -> Digest {
  var stream = DigestStream()
  stream.update("fastsim epoch 1\n\(previous?.hex ?? "-")\n\(epoch)\n\(step)\n")
  for point in points.sorted(by: { $0.series.utf8.lexicographicallyPrecedes($1.series.utf8) }) {
    stream.update("point\t\(point.series)\n")
    withPackedBytes(of: [point.value]) { stream.update(raw: $0) }
  }
  for trace in traces.sorted(by: { $0.series.utf8.lexicographicallyPrecedes($1.series.utf8) }) {
    stream.update("trace\t\(trace.series)\t\(trace.firstStep)\t\(trace.values.count)\n")
    withPackedBytes(of: trace.values) { stream.update(raw: $0) }
  }
  stream.update("parameters\t\(parameterDigest.hex)\n")
  return stream.finalise()
}
