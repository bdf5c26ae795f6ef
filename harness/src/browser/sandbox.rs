//! Whether Chromium's sandbox works on this machine. Without it, Chromium starts only if it is told to do without.

use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// Whether to start Chromium with `--no-sandbox`: for root, and for users who cannot make a user namespace, as in most
/// containers. Finds out once.
pub(crate) fn must_be_off() -> bool {
    static OFF: LazyLock<bool> =
        LazyLock::new(|| is_off(nix::unistd::geteuid().is_root(), || makes_namespaces("unshare")));
    *OFF
}

fn is_off(root: bool, makes_namespaces: impl FnOnce() -> Option<bool>) -> bool {
    root || makes_namespaces() == Some(false)
}

/// `None` if there is no such program to find out with.
fn makes_namespaces(unshare: &str) -> Option<bool> {
    let mut command = Command::new(unshare);
    // Ubuntu allows the namespace, but not to become root in it, which the sandbox does.
    command.args(["--user", "--map-root-user", "true"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Some(command.status().ok()?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandbox_is_off_for_root_and_where_users_cannot_make_namespaces() {
        let found = [(true, Some(true)), (false, Some(false)), (false, Some(true)), (false, None)];

        let off = found.map(|(root, namespaces)| is_off(root, || namespaces));

        assert_eq!(off, [true, true, false, false]);
    }

    #[test]
    fn a_program_says_whether_this_user_makes_namespaces() {
        let answers = ["true", "false", "/no/such/unshare"].map(makes_namespaces);

        assert_eq!(answers, [Some(true), Some(false), None]);
    }
}
