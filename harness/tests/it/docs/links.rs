//! Relative links lead to a file, and links with `#` to one of its headings.

use std::path::Path;

use regex::Regex;

use super::{every_document, root};

#[test]
fn every_relative_link_has_a_target() {
    for document in every_document() {
        for target in relative_links(&document.text) {
            let (file, heading) = target.split_once('#').unwrap_or((&target, ""));
            let path = match file {
                "" => root().join(&document.path),
                file => root().join(&document.path).parent().unwrap().join(file),
            };
            assert!(path.exists(), "{}: {target} has no target", document.path.display());
            assert!(heading.is_empty() || has(&path, heading), "{}: no heading {target}", document.path.display());
        }
    }
}

#[test]
fn links_to_other_sites_and_plain_brackets_are_not_relative_links() {
    let text = "[a](b.md#c), [d](https://example.com/e), a list [f] and (g), and [h](#i)";

    assert_eq!(relative_links(text), ["b.md#c", "#i"]);
}

fn relative_links(text: &str) -> Vec<String> {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let targets = link.captures_iter(text).map(|found| found[1].to_owned());
    targets.filter(|target| !target.contains("://")).collect()
}

fn has(path: &Path, anchor: &str) -> bool {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| line.starts_with('#')).any(|line| self::anchor(line) == anchor)
}

/// The anchor that a heading gets.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
    kept.map(|char| if char == ' ' { '-' } else { char }).collect()
}
