//! The seal: what a rehearsed program may reach. It is put on before Python starts, and cannot be taken off.
//!
//! Landlock leaves Python's own files to read and nothing to write. A filter of system calls denies sockets, processes,
//! signals and whatever else reaches beyond the process. Limits bound memory, time and files. All of it or nothing:
//! where the system lacks a part, the program is not run.

use std::{
    collections::BTreeMap, ffi::OsString, io, os::unix::process::CommandExt, path::PathBuf, process::Command,
    time::Duration,
};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

/// The most memory that a rehearsal may map.
pub const MAX_MEMORY_BYTES: u64 = 1 << 30;
/// The most time of a processor. The parent counts the time that passes, and is not needed for this one.
pub const MAX_CPU: Duration = Duration::from_secs(60);
const MAX_FILES: u64 = 256;

/// Libraries of the system that Python and its modules load.
const SYSTEM: [&str; 9] = [
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/dev/urandom",
    "/dev/zero",
];

/// All that the program's environment has.
const ENVIRONMENT: [(&str, &str); 8] = [
    ("PATH", "/usr/bin:/bin"),
    ("HOME", "/nonexistent"),
    ("LANG", "C.UTF-8"),
    ("TZ", "UTC"),
    // Each thread of these libraries would reserve memory for nothing.
    ("OPENBLAS_NUM_THREADS", "1"),
    ("OMP_NUM_THREADS", "1"),
    ("MALLOC_ARENA_MAX", "2"),
    ("ARROW_DEFAULT_MEMORY_POOL", "system"),
];

/// Why a program was not sealed, and so not run.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("the kernel has no Landlock (Linux 5.13 and newer, if it is switched on)")]
    NoLandlock,
    #[error("Landlock cannot be used: {0}")]
    Landlock(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("system calls cannot be filtered: {0}")]
    Filter(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("a limit cannot be set: {0}")]
    Limit(#[source] io::Error),
    #[error("there is no program to run")]
    NoProgram,
    #[error("{program} cannot be started: {source}")]
    Start { program: String, source: io::Error },
}

/// Seals this process and becomes the program, which may read `readable`. Returns only if it failed.
#[must_use]
pub fn become_sealed(readable: &[PathBuf], command: &[OsString]) -> SealError {
    let Some((program, arguments)) = command.split_first() else { return SealError::NoProgram };
    if let Err(error) = seal(readable) {
        return error;
    }
    let source = Command::new(program).args(arguments).env_clear().envs(ENVIRONMENT).exec();
    SealError::Start { program: program.to_string_lossy().into_owned(), source }
}

fn seal(readable: &[PathBuf]) -> Result<(), SealError> {
    limit()?;
    confine(readable)?;
    filter()
}

fn limit() -> Result<(), SealError> {
    let failed = |error: rustix::io::Errno| SealError::Limit(error.into());
    for (resource, most) in [
        (Resource::As, MAX_MEMORY_BYTES),
        (Resource::Cpu, MAX_CPU.as_secs()),
        (Resource::Fsize, 0),
        (Resource::Nofile, MAX_FILES),
        (Resource::Core, 0),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).map_err(failed)?;
    }
    // Nobody would read what it says.
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(failed)
}

fn confine(readable: &[PathBuf]) -> Result<(), SealError> {
    let failed = |error: landlock::RulesetError| SealError::Landlock(Box::new(error));
    let newest = ABI::V6;
    let paths = readable.iter().cloned().chain(SYSTEM.map(PathBuf::from));
    let null = PathFd::new("/dev/null").map_err(|error| SealError::Landlock(Box::new(error)))?;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(newest))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(newest)))
        .and_then(|rules| rules.scope(Scope::from_all(newest)))
        .and_then(Ruleset::create)
        .and_then(|rules| rules.add_rules(path_beneath_rules(paths, AccessFs::from_read(newest))))
        .and_then(|rules| rules.add_rule(PathBeneath::new(null, AccessFs::ReadFile | AccessFs::WriteFile)))
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(failed)?;
    // The oldest Landlock confines files; what newer ones add, the filter denies too.
    if status.ruleset == RulesetStatus::NotEnforced { Err(SealError::NoLandlock) } else { Ok(()) }
}

/// System calls that reach beyond the process, or change what a file is without opening it.
const DENIED: &[i64] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_sendmmsg,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_kcmp,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_setpriority,
    libc::SYS_ioprio_set,
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_setattr,
    libc::SYS_sched_setparam,
    libc::SYS_sched_setscheduler,
    libc::SYS_setpgid,
    libc::SYS_setsid,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_mount_setattr,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_memfd_create,
    libc::SYS_memfd_secret,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_mq_open,
    libc::SYS_mknodat,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_truncate,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    libc::SYS_fanotify_init,
    libc::SYS_inotify_init1,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_personality,
    // `fchmodat2`, which is newer than some libraries.
    452,
];

/// Older spellings, which only this architecture has.
#[cfg(target_arch = "x86_64")]
const DENIED_HERE: &[i64] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
    libc::SYS_mknod,
    libc::SYS_inotify_init,
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
];
#[cfg(not(target_arch = "x86_64"))]
const DENIED_HERE: &[i64] = &[];

/// System calls of the x32 interface have this bit; the ones of its own have numbers from 512.
#[cfg(target_arch = "x86_64")]
const X32: i64 = 0x4000_0000;

fn filter() -> Result<(), SealError> {
    let failed = |error: seccompiler::BackendError| SealError::Filter(Box::new(error));
    let architecture: TargetArch =
        std::env::consts::ARCH.try_into().map_err(|error: seccompiler::BackendError| failed(error))?;
    let mut denied: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for call in DENIED.iter().chain(DENIED_HERE) {
        denied.insert(*call, Vec::new());
        #[cfg(target_arch = "x86_64")]
        denied.insert(*call | X32, Vec::new());
    }
    #[cfg(target_arch = "x86_64")]
    for call in (512..=547).chain([libc::SYS_clone, libc::SYS_clone3, libc::SYS_prlimit64, libc::SYS_execve]) {
        denied.insert(call | X32, Vec::new());
    }
    let condition =
        |index, operator, value| SeccompCondition::new(index, SeccompCmpArgLen::Qword, operator, value).map_err(failed);
    // Threads are allowed, processes are not.
    let thread = u64::from(libc::CLONE_THREAD.cast_unsigned());
    let no_thread = condition(0, SeccompCmpOp::MaskedEq(thread), 0)?;
    denied.insert(libc::SYS_clone, vec![SeccompRule::new(vec![no_thread]).map_err(failed)?]);
    // Limits of other processes.
    let other = condition(0, SeccompCmpOp::Ne, 0)?;
    denied.insert(libc::SYS_prlimit64, vec![SeccompRule::new(vec![other]).map_err(failed)?]);
    let eperm = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    apply(SeccompFilter::new(denied, SeccompAction::Allow, eperm, architecture).map_err(failed)?)?;
    // Its flags are behind a pointer, which a filter cannot follow; libraries fall back to `clone`.
    let unknown = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    let clone3 = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    apply(SeccompFilter::new(clone3, SeccompAction::Allow, unknown, architecture).map_err(failed)?)
}

fn apply(filter: SeccompFilter) -> Result<(), SealError> {
    let program: BpfProgram =
        filter.try_into().map_err(|error: seccompiler::BackendError| SealError::Filter(Box::new(error)))?;
    seccompiler::apply_filter(&program).map_err(|error| SealError::Filter(Box::new(error)))
}
