// Tables by name, and their self-test.
import CKernels
import Testing

@Suite(.timeLimit(.minutes(20))) struct TableTests {
  @Test func everyTablePassesItsSelfTest() throws {
    for name in tableNames {
      let table = try pointer(name)
      #expect(String(cString: table.pointee.name) == name)
      #expect(fs_selftest(table) == 0)
    }
  }

  @Test func theSelfTestFindsWhatIsWrong() throws {
    let table = try kernels("portable")
    var wrong = table
    wrong.gemm = { $0?.pointee.c[0] = 0 }
    #expect(fs_selftest(&wrong) == 1)
    wrong = table
    wrong.uniform = table.normal
    #expect(fs_selftest(&wrong) == 6)
    wrong = table
    wrong.tree_sum = { count, n, parts, stride, out in
      for j in 0..<Int(n) { out?[j] = (0..<Int(count)).reduce(0) { $0 + (parts?[$1 * Int(stride) + j] ?? 0) } }
    }
    #expect(fs_selftest(&wrong) == 5)
  }

  @Test func anUnknownNameHasNoTable() {
    #expect(fs_kernels_named("avx1024") == nil)
    #expect(fs_kernels_named("AVX2") == nil)
    #expect(fs_kernels_named("portable") != nil)
  }

  @Test func theDefaultTableIsOneOfThoseOffered() throws {
    let name = try String(cString: pointer(nil).pointee.name)
    #expect(tableNames.contains(name))
  }
}
