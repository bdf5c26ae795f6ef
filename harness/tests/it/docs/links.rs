//! Relative links lead to a file, and those with `#` to a heading of it.

use std::path::Path;

use regex::Regex;

use super::{every_document, root};

#[test]
fn every_relative_link_leads_somewhere() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let mut seen = 0;
    for document in every_document() {
        for found in link.captures_iter(&document.text) {
            let target = &found[1];
            if target.contains("://") {
                continue;
            }
            seen += 1;
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = match file {
                "" => root().join(&document.path),
                file => root().join(&document.path).parent().unwrap().join(file),
            };
            assert!(path.exists(), "{}: {target} leads nowhere", document.path.display());
            assert!(heading.is_empty() || has(&path, heading), "{}: no heading {target}", document.path.display());
        }
    }
    assert!(seen >= 20, "{seen} links");
}

fn has(path: &Path, anchor: &str) -> bool {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| line.starts_with('#')).any(|line| self::anchor(line) == anchor)
}

/// The anchor that a heading gets.
pub(super) fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
    kept.map(|char| if char == ' ' { '-' } else { char }).collect()
}
