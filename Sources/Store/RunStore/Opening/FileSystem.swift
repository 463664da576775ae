// On which file systems a store may be written.
#if os(Linux)
  internal import CFileSystem
#else
  internal import Darwin
#endif

/// The kind of file system that holds a file.
///
/// The write-ahead log needs memory that all processes of a store share, and locks that hold between them. Between
/// computers there is neither: stores that several nodes write are damaged without an error.
package struct FileSystem: Hashable, Sendable {
  /// Its usual name: `NFS`, `Lustre`.
  package let name: String
  /// Whether several computers may write the same file, or a program stands in for the disk.
  package let isNetwork: Bool

  package init(name: String, isNetwork: Bool) {
    self.name = name
    self.isNetwork = isNetwork
  }

  /// The environment variable that allows writing there.
  package static let permission = "FASTSIM_ALLOW_NETWORK_STORE"

  /// The file system of a path, or of its folder where nothing is there yet; nil where the system does not report it.
  @Sendable package init?(holding path: String) {
    let own = file_system_magic(path)
    let magic = own == 0 ? file_system_magic(folder(of: path)) : own
    if magic == 0 { return nil }
    self.init(magic: magic)
  }

  /// The file system with a number of Linux's `statfs`; the numbers are those of linux/magic.h and of each file
  /// system's own sources.
  package init(magic: UInt32) {
    if let name = Self.networks[magic] {
      self.init(name: name, isNetwork: true)
    } else {
      self.init(name: "a local disk", isNetwork: false)
    }
  }

  private static let networks: [UInt32: String] = [
    0x0000_6969: "NFS", 0x0BD0_0BD0: "Lustre", 0x0000_517B: "SMB", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB",
    0x6573_5546: "a FUSE file system", 0x4750_4653: "GPFS", 0x1983_0326: "BeeGFS", 0x00C3_6400: "Ceph",
    0x5346_414F: "AFS", 0x6B41_4653: "AFS", 0x7375_7245: "Coda", 0x0102_1997: "9P", 0x7461_636F: "OCFS2",
    0x0116_1970: "GFS2", 0xAAD7_AAEA: "PanFS", 0x2003_0528: "OrangeFS", 0x0000_564C: "NCP",
    0x786F_4256: "a VirtualBox share", 0x6163_6673: "ACFS", 0x0131_11A8: "IBRIX",
  ]
}

/// Refuses a store that may not be written where it is, before anything is made there.
func requireLocal(_ path: String, _ settings: StoreSettings) throws(StoreError) {
  guard !settings.allowsNetworkFileSystems, let fileSystem = settings.fileSystem(path), fileSystem.isNetwork else {
    return
  }
  throw .networkFileSystem(path: path, kind: fileSystem.name)
}

/// The folder that holds a file.
package func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
