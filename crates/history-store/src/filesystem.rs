//! What kind of file system a folder is on: SQLite's log needs shared memory, which network file systems do not have.

use std::path::Path;

/// See the module's sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filesystem {
    Local,
    /// NFS, SMB, Lustre, FUSE and the like: locks may hang, and the log fails at its first write.
    Remote,
}

/// File systems on other machines, or made by a program, by their number in Linux (`statfs(2)`).
const REMOTE: [u64; 11] = [
    0x6969,      // NFS
    0x517b,      // SMB
    0xff53_4d42, // CIFS
    0xfe53_4d42, // SMB2
    0x6573_5546, // FUSE
    0x0bd0_0bd0, // Lustre
    0x00c3_6400, // Ceph
    0x0116_1970, // GFS2
    0x7461_636f, // OCFS2
    0x4750_4653, // GPFS
    0x0102_1997, // 9P
];

impl Filesystem {
    /// That of a folder. One that is not known is taken for local: it is tried by writing anyway.
    pub fn of(folder: &Path) -> Self {
        let Ok(found) = rustix::fs::statfs(folder) else { return Self::Local };
        // The type's width and sign differ between architectures.
        #[expect(clippy::cast_sign_loss, reason = "the numbers have 32 bits")]
        let number = (found.f_type as u64) & 0xffff_ffff;
        if REMOTE.contains(&number) { Self::Remote } else { Self::Local }
    }
}
