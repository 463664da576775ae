// Every filter of MLflow's documentation, unchanged, on the runs of its own example and a few more names.
import Digests
import Foundation
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct MLflowFilterTests {
  let folder: Folder
  let store: RunStore

  /// The ten runs of https://mlflow.org/docs/latest/ml/search/search-runs: run i has accuracy i / 10 and loss 1 - i / 10.
  init() throws {
    folder = try Folder()
    let clock = TestClock()
    store = try folder.store(settings: StoreSettings(now: clock.now))
    let models = ["GPT-2", "GPT-3", "GPT-3.5", "GPT-4"]
    let tasks = ["classification", "regression", "causal lm"]
    for i in 0..<10 {
      let run = try store.create(
        NewRun(
          name: i == 1 ? "my-run" : "run-\(i)", experiment: "search-run-guide", seed: 0,
          config: ("a: 1\n", #"{"a":1}"#, Digest(of: #"{"a":1}"#)), programDigest: Digest(of: "program"),
          parameters: [
            // As a config has it in the first runs, and as an import of MLflow's own texts has it in the others.
            ("batch_size", i < 5 ? .integer(2) : .text("4")),
            ("learning rate", .real(i % 2 == 0 ? 0.001 : 0.01)),
            ("model", .text(i < 4 ? models[i] : "None")),
          ],
          datasets: [named(i < 5 ? "custom" : "also custom", role: i < 5 ? "train" : "test", rows: 20)],
          parameterCount: nil))
      let attempt = try store.beginAttempt(of: run, machine)
      let loss = Double(10 - i) / 10
      try store.commit(
        EpochRecord(
          run: run, epoch: 1, step: 1, rows: 1, seconds: 1,
          points: [
            ("loss", loss), ("accuracy", Double(i) / 10), ("log-scale-loss", log(loss)), ("f1 score", Double(i) / 10),
          ], traces: [], parameterDigest: Digest(of: "p"), checkpoint: nil, metrics: []), in: attempt)
      try store.setTag("task", to: i < 3 ? tasks[i] : "None", of: run)
      try store.setTag("environment", to: i < 5 ? "notebook" : "None", of: run)
      if i < 2 { try store.setTag("mlflow.user", to: i == 0 ? "user1" : "john@mlflow.com", of: run) }
      try store.end(attempt, outcome: i == 9 ? .failed : .finished)
    }
  }

  static let all = Array(1...10)

  /// The latest search-runs page, in its order, then the pages of 1.x and 2.x, and the API documentation.
  static let documented: [(filter: String, runs: [Int])] = [
    ("metrics.loss > 0.8", [1, 2]),
    ("tag.test = 'abc'", []), ("tag.\"test\" = 'abc'", []), ("tag.`test` = 'abc'", []), ("tag.`test` = \"abc\"", []),
    ("metrics.`cross-entropy-loss` < 0.5", []), ("params.`1st_iteration_timestamp` = \"2022-01-01\"", []),
    ("attributes.run_id IN ('5984a3488161440f92de9847e846b342', 'babe221a676b4fa4b204f8240f2c4f14')", []),
    ("metrics.accuracy > 0.72", [9, 10]), ("metrics.loss <= 0.15", [10]), ("metrics.accuracy != 0.15", all),
    ("params.model = \"GPT-4o\"", []), ("params.model LIKE \"GPT%\"", [1, 2, 3, 4]),
    ("params.model ILIKE \"gpt%\"", [1, 2, 3, 4]),
    ("datasets.name IN ('custom', 'also custom', 'another custom name')", all),
    ("datasets.digest IN ('s8ds293b', 'jks834s2')", []),
    ("attributes.run_id IN ('5984a3488161440f92de9847e846b342')", []),
    ("metrics.\"accuracy\" > 0.72", [9, 10]), ("metrics.`log-scale-loss` <= 0", all),
    ("metrics.`f1 score` >= 0.5", [6, 7, 8, 9, 10]), ("metrics.accuracy > 0.72 AND metrics.loss <= 0.15", [10]),
    ("params.batch_size = \"2\"", [1, 2, 3, 4, 5]), ("params.model ILIKE \"gPt%\"", [1, 2, 3, 4]),
    ("params.model LIKE \"GPT%\" AND params.batch_size = \"2\"", [1, 2, 3, 4]),
    ("tags.\"environment\" = \"notebook\"", [1, 2, 3, 4, 5]), ("tags.environment = \"notebook\"", [1, 2, 3, 4, 5]),
    ("tags.task = \"Classification\"", []), ("tags.task ILIKE \"classif%\"", [1]),
    ("datasets.name LIKE \"custom\"", [1, 2, 3, 4, 5]), ("datasets.context = \"train\"", [1, 2, 3, 4, 5]),
    ("attributes.status = \"ACTIVE\"", []), ("attributes.user_id LIKE \"user1\"", [1]),
    ("attributes.run_name = \"my-run\"", [2]), ("attributes.run_id = \"a1b2c3d4\"", []),
    ("attributes.run_id IN ('a1b2c3d4', 'e5f6g7h8')", []), ("attributes.start_time >= 1664067852747", all),
    ("attributes.end_time < 1664067852747", []), ("attributes.created > 1664067852747", all),
    ("datasets.name IN ('custom', 'also custom')", all),
    ("metrics.accuracy > 0.72 AND metrics.batch_size != 0", []),
    ("metrics.accuracy > 0.72 AND metrics.batch_size != 0 AND attributes.run_id IN ('a1b2c3d4', 'e5f6g7h8')", []),
    ("metrics.loss <= 0.15 AND metrics.loss >= 0.1", [10]), ("params.batch_size != \"None\"", all),
    (
      """

      attributes.run_id IN ('22db81f070f6413588641c8c343cdd72','c3680e37d0fa44eb9c9fb7828f6b5481')
        AND metrics.loss > 0.3
        AND metrics."f1 score" < 0.5
        AND params.model LIKE "GPT%"

      """, []
    ),
    ("params.model = 'GPT-4'", [4]), ("metrics.rmse < 0.9 and tags.production = 'true'", []),
    ("metrics.accuracy_score < 99.90", []), ("", all),
    ("metrics.accuracy > 0.92", []),
    ("params.model = \"LogisticRegression\" and params.lambda = \"0.001\" and metrics.error <= 0.05", []),
    ("attributes.status = \"FAILED\"", [10]), ("attributes.status = \"FINISHED\"", Array(1...9)),
    ("attributes.Created > 1670628787527", all), ("attributes.start_time > 1670628787527", all),
    ("tags.`mlflow.user` = 'john@mlflow.com'", [2]), ("tags.`model` LIKE 'sklearn%'", []),
    ("tags.`type` ILIKE '%Logistic%'", []), ("attributes.`run_name` IN ('alpha', 'beta', 'gamma')", []),
    ("attributes.`run name` IN ('alpha', 'my-run')", [2]), ("attributes.`Run name` IN ('alpha', 'my-run')", [2]),
    ("attributes.`Run Name` IN ('alpha', 'beta', 'gamma')", []),
    ("params.alpha = \"0.3\" and params.lambda = \"0.001\" and metrics.error <= 0.05", []),
    ("params.\"model-type\" = 'x'", []), ("metrics.\"error rate\" < 1", []), ("metrics.`error rate` < 1", []),
    ("metrics.\"2019-04-02 error rate\" < 1", []), ("attributes.artifact_uri = 'models:/mymodel/1'", []),
    ("attributes.status = 'ACTIVE'", []), ("attributes.user_id = 'user1'", [1]),
    ("tags.\"mlflow.user\" = 'user1'", [1]), ("tags.`mlflow.parentRunId` = 'a1b2'", []),
    ("tags.\"mlflow.runName\" = \"keras-hyperparam-search\"", []), ("tags.mlflow.user = 'user1'", [1]),
    ("params.model = 'CNN' and params.layers = '10' and metrics.'prediction accuracy' >= 0.945", []),
    ("params.model = 'CNN' and params.layers = '10' and metrics.`prediction accuracy` >= 0.945", []),
    ("params.model = 'Inception'", []), ("tags.mlflow.parentRunId = 'a1b2'", []),
    ("params.`learning rate` = \"0.001\"", [1, 3, 5, 7, 9]),
  ]

  @Test(arguments: documented) func aDocumentedFilterWorksUnchanged(filter: String, runs: [Int]) throws {
    #expect(try store.runs(RunQuery(filter: store.filter(filter))).map { Int($0.number.value) } == runs)
  }

  @Test func aRunIsFoundByItsIdentifierWithoutHyphens() throws {
    let uuid = try store.run(RunNumber(3)).uuid
    for form in [uuid, uuid.uppercased(), uuid.replacingOccurrences(of: "-", with: "")] {
      for filter in ["attributes.run_id = '\(form)'", "run_id in ('\(form)')"] {
        #expect(try store.runs(RunQuery(filter: store.filter(filter))).map(\.number.value) == [3])
      }
    }
  }
}
