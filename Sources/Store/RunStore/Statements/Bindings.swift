// The values that a statement is run with.
package import Foundation
package import GRDB

/// Something that takes the place of a statement's parameter.
package protocol Bindable {
  func bind(to statement: PreparedStatement, at place: Int32)
}

/// One value for each parameter of a statement, nil for NULL:
///
///     try db.run("UPDATE run SET step = ?, ended = ? WHERE id = ?", [step, nil, run.value])
package struct Bindings: ExpressibleByArrayLiteral {
  let values: [(any Bindable)?]

  package init(arrayLiteral values: (any Bindable)?...) { self.values = values }

  package init(_ values: [any Bindable]) { self.values = values }
}

extension Int: Bindable {
  package func bind(to statement: PreparedStatement, at place: Int32) { statement.bind(Int64(self), at: place) }
}

extension Int64: Bindable {
  package func bind(to statement: PreparedStatement, at place: Int32) { statement.bind(self, at: place) }
}

/// 1 or 0.
extension Bool: Bindable {
  package func bind(to statement: PreparedStatement, at place: Int32) {
    statement.bind(self ? 1 : 0 as Int64, at: place)
  }
}

/// NaN is bound as NULL.
extension Double: Bindable {
  package func bind(to statement: PreparedStatement, at place: Int32) { statement.bind(self, at: place) }
}

extension String: Bindable {
  package func bind(to statement: PreparedStatement, at place: Int32) { statement.bind(self, at: place) }
}

extension Data: Bindable {
  package func bind(to statement: PreparedStatement, at place: Int32) { statement.bind(self, at: place) }
}

extension DatabaseValue: Bindable {
  package func bind(to statement: PreparedStatement, at place: Int32) { statement.bind(self, at: place) }
}
