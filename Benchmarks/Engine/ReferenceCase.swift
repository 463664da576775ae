internal import CKernels
func checkReference(_ kernels: UnsafePointer<fs_kernels>) throws -> [Field] { [] }
