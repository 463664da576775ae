// The digest of a state's parameters.
package import Digests

/// SHA-256 over "fastsim parameters 1\n" and, for each tensor of role parameter in the byte order of the names,
/// "<name>\t<shape joined by x>\t<type>\n" and the tensor's bytes. A scalar's shape is the empty string.
package func parameterDigest(of tensors: [TensorRecord]) -> Digest {
  var stream = DigestStream()
  stream.update("fastsim parameters 1\n")
  let parameters = tensors.filter { $0.role == .parameter }
  for tensor in parameters.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
    let shape = tensor.shape.map(String.init).joined(separator: "x")
    stream.update("\(tensor.name)\t\(shape)\t\(tensor.type.rawValue)\n")
    stream.update(tensor.bytes)
  }
  return stream.finalise()
}
