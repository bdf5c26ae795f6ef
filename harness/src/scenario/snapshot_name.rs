//! What the snapshot of a case is called.

/// The title of a case as the name of a snapshot: lower case, words joined by `-`, cut where file systems would refuse
/// it. Empty where the title has no letter from a to z and no digit.
pub(super) fn snapshot_name(title: &str) -> String {
    let plain: String =
        title.to_lowercase().chars().map(|char| if char.is_ascii_alphanumeric() { char } else { ' ' }).collect();
    let joined = plain.split_whitespace().collect::<Vec<_>>().join("-");
    joined.chars().take(LONGEST).collect()
}

/// File systems allow 255 bytes, of which `.snap.new` and a temporary suffix take some.
const LONGEST: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_plain_name() {
        assert_eq!(snapshot_name("An admin's  home [org.kind: sandbox]"), "an-admin-s-home-org-kind-sandbox");
        assert_eq!(snapshot_name(&"x ".repeat(300)).len(), 200);
    }
}
