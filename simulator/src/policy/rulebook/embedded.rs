//! The files that come with the program.

/// Name and text of each embedded rulebook, the oldest first.
pub(super) const EMBEDDED: [(&str, &str); 3] = [
    ("salesforce-2022", include_str!("../../../rulebooks/salesforce-2022.yaml")),
    ("salesforce-2026-05-05", include_str!("../../../rulebooks/salesforce-2026-05-05.yaml")),
    ("salesforce-2026-07-02", include_str!("../../../rulebooks/salesforce-2026-07-02.yaml")),
];

#[cfg(test)]
mod tests {
    use super::EMBEDDED;

    #[test]
    fn a_copied_rulebook_means_the_same_to_a_reader_of_yaml_1_1() {
        for (name, text) in EMBEDDED {
            assert!(!text.contains(": OFF"), "{name}: YAML 1.1 reads a bare OFF as false");
        }
    }
}
