// Whatever is changed behind the store's back is found and named.
import Digests
import Maintenance
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct VerifyTests: TestsOfARun {
  let prepared: StoreWithRun

  init() throws {
    prepared = try StoreWithRun(epochs: 4)
    try store.addArtifact(name: "report.html", mediaType: "text/html", bytes: Array("<p>".utf8), to: run)
  }

  @Test func anIntactRunHasNoFindings() throws {
    #expect(try Doctor(store).verify(run: run).isEmpty)
  }

  @Test func aFlippedByteOfACheckpointIsNamed() throws {
    let name = "generator.0.weight"
    try tamper(
      store.path,
      """
      UPDATE blob_chunk SET bytes = CAST(x'ff' || substr(bytes, 2) AS BLOB) WHERE blob = (
        SELECT blob FROM checkpoint JOIN checkpoint_tensor ON checkpoint = checkpoint.id
        WHERE epoch = 3 AND name = '\(name)')
      """)
    let digest = Digest(of: tensors(3)[0].bytes)
    let findings = try Doctor(store).verify(run: run)
    let finding = try #require(findings.first { $0.item == name })
    #expect(finding.table == "checkpoint_tensor")
    #expect(finding.epoch == 3)
    #expect(finding.blob == digest)
    #expect(finding.description.contains("epoch 3") && !finding.description.contains("\n"))
    #expect(findings.allSatisfy { $0.epoch == 3 })
    // The bias has the same bytes, and so the same blob: the first in name order is named.
    let error = storeError { _ = try store.checkpoint(of: run, epoch: 3) }
    #expect(error == .corruptBlob(digest: digest, tensor: "critic.0.bias", run: run, epoch: 3))
    #expect(try store.checkpoint(of: run, epoch: 2) != nil)
  }

  @Test(
    arguments: [
      ("UPDATE point SET value = value + 1e-16 WHERE epoch = 2 AND value < 0", "epoch", 2),
      ("UPDATE point SET value = NULL WHERE epoch = 2", "epoch", 2),
      ("DELETE FROM point WHERE epoch = 3", "epoch", 3),
      (#"UPDATE trace SET "values" = zeroblob(80) WHERE epoch = 4"#, "epoch", 4),
      (#"UPDATE trace SET "values" = zeroblob(7) WHERE epoch = 4"#, "trace", nil),
      ("UPDATE trace SET first_step = 5 WHERE epoch = 1", "epoch", 1),
      ("UPDATE epoch SET step = 21 WHERE epoch = 2", "epoch", 2),
      ("UPDATE epoch SET parameter_digest = '" + String(repeating: "0", count: 64) + "' WHERE epoch = 2", "epoch", 2),
      ("DELETE FROM epoch WHERE epoch = 2", "epoch", 2),
      ("DELETE FROM epoch WHERE epoch = 4", "run", 4),
      ("UPDATE run SET epoch = 3", "run", 3),
      ("UPDATE config SET json = '{\"seed\":2}'", "config", nil),
      (
        "UPDATE dataset_column SET digest = '" + String(repeating: "0", count: 64) + "' WHERE name = 'P'", "dataset",
        nil
      ),
      ("UPDATE dataset_column SET role = 'other' WHERE name = 'P'", "dataset", nil),
      ("UPDATE series_summary SET minimum = -100.0", "series_summary", nil),
      ("UPDATE artifact SET blob = 1", "artifact", nil),
      ("UPDATE blob SET digest = '" + String(repeating: "0", count: 64) + "' WHERE id = 1", "checkpoint_tensor", 1),
      ("UPDATE checkpoint_tensor SET name = 'critic.1.bias' WHERE name = 'critic.0.bias'", "checkpoint", 1),
      ("DELETE FROM blob_chunk WHERE blob = 2", "checkpoint_tensor", 1),
      ("PRAGMA foreign_keys = OFF; DELETE FROM blob WHERE id = 2", "database", nil),
    ] as [(String, String, Int?)]) func aChangeIsNamed(sql: String, table: String, epoch: Int?) throws
  {
    if table == "artifact" {
      // A blob that lost its bytes, rather than another one that is as good.
      try tamper(store.path, "DELETE FROM blob_chunk WHERE blob = (SELECT blob FROM artifact)")
    } else {
      try tamper(store.path, sql)
    }
    let findings = try Doctor(store).verify(run: run)
    #expect(findings.contains { $0.table == table && $0.epoch == epoch && $0.run == run }, "\(findings)")
  }

  @Test func theLastBitOfALossCounts() throws {
    try tamper(store.path, "UPDATE point SET value = -0.0 WHERE epoch = 1 AND value = -1.0")
    #expect(try Doctor(store).verify(run: run).contains { $0.table == "epoch" && $0.epoch == 1 })
    let one = chainDigest(
      previous: nil, epoch: 1, step: 1, points: [("a", 0.0)], traces: [], parameterDigest: Digest(of: ""))
    let other = chainDigest(
      previous: nil, epoch: 1, step: 1, points: [("a", -0.0)], traces: [], parameterDigest: Digest(of: ""))
    #expect(one != other)
  }

  @Test func theOrderOfSeriesDoesNotCount() {
    let points: [(series: String, value: Double)] = [("b", 1), ("é", 2), ("a", 3), ("Z", 4)]
    let traces: [(series: String, firstStep: Int, values: [Double])] = [("b", 1, [1, 2]), ("a", 1, [3])]
    func digest(
      _ points: [(series: String, value: Double)], _ traces: [(series: String, firstStep: Int, values: [Double])]
    )
      -> Digest
    {
      chainDigest(previous: nil, epoch: 1, step: 1, points: points, traces: traces, parameterDigest: Digest(of: ""))
    }
    #expect(digest(points, traces) == digest(points.reversed(), traces.reversed()))
    #expect(parameterDigest(of: tensors(1)) == parameterDigest(of: tensors(1).reversed()))
  }
}
