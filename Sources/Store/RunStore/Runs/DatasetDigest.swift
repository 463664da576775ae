// The digest that identifies a data set by its columns.
package import Digests

/// SHA-256 over "fastsim dataset 1\n" and, for each column in order, "<role>\t<column digest>\n".
package func datasetDigest(_ columns: [(role: String, digest: Digest)]) -> Digest {
  var stream = DigestStream()
  stream.update("fastsim dataset 1\n")
  for column in columns { stream.update("\(column.role)\t\(column.digest.hex)\n") }
  return stream.finalise()
}
