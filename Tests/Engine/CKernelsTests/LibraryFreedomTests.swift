// No arithmetic of the target comes from the system's math library: its sources, compiled as a release is, call none of it.
import Foundation
import TestSupport
import Testing

private let mathLibrary: Set<String> = {
  let names = [
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "cos", "cosh", "erf", "erfc", "exp",
    "exp10",
    "exp2", "expm1", "fabs", "floor", "fma", "fmax", "fmin", "fmod", "frexp", "hypot", "ldexp", "lgamma", "llrint",
    "log",
    "log10", "log1p", "log2", "lrint", "modf", "nearbyint", "pow", "remainder", "rint", "round", "roundeven", "scalbn",
    "sin", "sincos", "sinh", "sqrt", "tan", "tanh", "tgamma", "trunc",
  ]
  return Set(names + names.map { $0 + "f" })
}()

private let target = packageFolder.appending(path: "Sources/Engine/CKernels")

/// The assembly of a C file, or of a C text on standard input.
private func assembly(of file: String, input: String = "") throws -> String {
  let source = Pipe()
  let compiler = try RunningProgram(
    "/usr/bin/env", ["clang", "-std=c17", "-O2", "-I", "include", "-x", "c", "-S", "-o", "-", file], in: target,
    input: source)
  source.fileHandleForWriting.write(Data(input.utf8))
  try source.fileHandleForWriting.close()
  let output = compiler.finish()
  try #require(output.status == 0, "clang compiles \(file): \(output.err)")
  return output.out
}

/// The functions that instructions (not directives) name.
private func mathCalls(_ assembly: String) -> Set<String> {
  var found: Set<String> = []
  for line in assembly.split(separator: "\n") where line.hasPrefix("\t") && !line.hasPrefix("\t.") {
    for word in line.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") }).dropFirst() {
      let name = word.hasPrefix("_") ? String(word.dropFirst()) : String(word)
      if mathLibrary.contains(name) { found.insert(name) }
    }
  }
  return found
}

@Suite(.timeLimit(.minutes(20))) struct LibraryFreedomTests {
  @Test func theSearchFindsACall() throws {
    let text = "double sin(double); double twice(double x) { return 2 * sin(x); }\n"
    #expect(mathCalls(try assembly(of: "-", input: text)) == ["sin"])
  }

  @Test func kernelsCallNoMathLibrary() throws {
    let sources = try FileManager.default.contentsOfDirectory(atPath: target.path).filter { $0.hasSuffix(".c") }
    #expect(sources.count >= 9)
    for source in sources { #expect(try mathCalls(assembly(of: source)).isEmpty, "\(source)") }
  }

  @Test func headerFunctionsCallNoMathLibrary() throws {
    let text = """
      #include "CKernels.h"
      double (*const one[])(double) = {
        fs_exp, fs_expm1, fs_log, fs_log1p, fs_sin, fs_cos, fs_tan, fs_atan, fs_asin, fs_acos, fs_sinh, fs_cosh, fs_tanh,
        fs_erf, fs_erfc, fs_erfinv, fs_probit, fs_lgamma, fs_sqrt};
      double (*const two[])(double, double) = {fs_pow, fs_atan2, fs_hypot, fs_gamma_q};
      void (*const turns)(double, double *, double *) = fs_sincos2pi;

      """
    #expect(try mathCalls(assembly(of: "-", input: text)).isEmpty)
  }
}
