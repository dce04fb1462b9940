//! The limit on open files, which is what bounds connections first.

/// Raises this process's limit as far as the system allows without asking anybody; servers inherit it when they start.
/// Failing that, connects fail and say so.
#[cfg(target_os = "linux")]
pub(crate) fn allow_as_many_as_may_be() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
    {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn allow_as_many_as_may_be() {}
