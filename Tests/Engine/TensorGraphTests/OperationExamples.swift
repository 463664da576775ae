// The examples of every operation, found without a list: the types that the sources declare, looked up by name.
import Foundation
import TensorGraph
import TestSupport
import Testing

extension OperationExample: CustomTestStringConvertible {
  public var testDescription: String { name }
}

/// The operations that Sources/Engine/TensorGraph/Operations declares, as `struct NAME: Operation` or `: Leaf`.
let declaredOperations: [String] = {
  let folder = packageFolder.appending(path: "Sources/Engine/TensorGraph/Operations")
  let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  return files.sorted().flatMap { file in
    let text = (try? String(contentsOf: folder.appending(path: file), encoding: .utf8)) ?? ""
    return text.matches(of: /struct (\w+): (?:Operation|Leaf)\b/).map { String($0.output.1) }
  }
}()

/// A structure of the module TensorGraph by its mangled name.
func operationType(_ name: String) -> (any TensorGraph.Operation.Type)? {
  let module = "TensorGraph"
  return _typeByName("\(module.count)\(module)\(name.count)\(name)V") as? any TensorGraph.Operation.Type
}

let allExamples: [OperationExample] = declaredOperations.compactMap(operationType).flatMap { $0.examples }

@Suite(.timeLimit(.minutes(20))) struct OperationExampleTests {
  @Test
  func everyDeclaredOperationGivesItsExamples() {
    #expect(declaredOperations.count >= 15)
    for name in declaredOperations { #expect(operationType(name) != nil, "\(name)") }
    #expect(allExamples.count >= 30)
    #expect(Set(allExamples.map(\.name)).count == allExamples.count)
  }
}
