// Stores are written on local disks only, unless somebody insists.
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct FileSystemTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  /// Numbers of linux/magic.h, and of the file systems' own sources where the kernel's has none.
  @Test(
    arguments: [
      (0x6969, "NFS"), (0x0BD0_0BD0, "Lustre"), (0xFF53_4D42, "CIFS"), (0x517B, "SMB"), (0xFE53_4D42, "SMB"),
      (0x6573_5546, "a FUSE file system"), (0x4750_4653, "GPFS"), (0x1983_0326, "BeeGFS"), (0x00C3_6400, "Ceph"),
      (0x5346_414F, "AFS"), (0x0102_1997, "9P"), (0x7461_636F, "OCFS2"), (0x0116_1970, "GFS2"),
    ] as [(UInt32, String)]) func networksAreKnownByTheirNumbers(magic: UInt32, name: String)
  {
    #expect(FileSystem(magic: magic) == FileSystem(name: name, isNetwork: true))
  }

  /// ext4, XFS, btrfs, ZFS, tmpfs, overlay, F2FS, FAT, bcachefs, ramfs.
  @Test(
    arguments: [
      0xEF53, 0x5846_5342, 0x9123_683E, 0x2FC1_2FC1, 0x0102_1994, 0x794C_7630, 0xF2F5_2010, 0x4D44, 0xCA45_1A4E,
      0x8584_58F6,
    ] as [UInt32]) func disksAreNoNetworks(magic: UInt32)
  {
    #expect(!FileSystem(magic: magic).isNetwork)
  }

  @Test func theKernelIsAsked() throws {
    #expect(FileSystem(holding: folder.path) != nil)
    #expect(FileSystem(holding: folder.file("not there yet")) == FileSystem(holding: folder.path))
    #expect(FileSystem(holding: folder.file("no/folder")) == nil)
  }

  @Test func aStoreOnANetworkIsRefusedForWritingAndNothingIsMadeThere() throws {
    let path = folder.file("fastsim.sqlite")
    let network = StoreSettings(fileSystem: { _ in FileSystem(name: "Lustre", isNetwork: true) })
    let refusal = StoreError.networkFileSystem(path: path, kind: "Lustre")
    #expect(storeError { _ = try folder.store(settings: network) } == refusal)
    #expect(storeError { try RunStore.requireWritable(path, settings: network) } == refusal)
    #expect(refusal.description.contains(path) && refusal.description.contains("Lustre"))
    #expect(contents(path).isEmpty)
    let run = try trained(folder.store(), epochs: 2)
    let reader = try RunStore(path: path, access: .read, settings: network)
    #expect(try Doctor(reader).verify(run: run).isEmpty)
    var forced = network
    forced.allowsNetworkFileSystems = true
    #expect(try trained(folder.store(settings: forced), epochs: 1) == RunNumber(2))
  }
}
