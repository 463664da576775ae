// Where the package and its reference files are.
package import Foundation

/// The package's folder.
package let packageFolder = (1...4).reduce(URL(filePath: #filePath)) { folder, _ in folder.deletingLastPathComponent() }

/// A file or folder below Tests/Fixtures, as `splot_04_three_components`.
package func fixture(_ path: String) -> URL { packageFolder.appending(path: "Tests/Fixtures/\(path)") }
