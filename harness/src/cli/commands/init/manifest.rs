//! Whether a manifest names something. Manifests are read as text: a broken one still tells what it can.

/// Whether a line outside comments has the whole name: `pytest` is not in `pytest-cov`, and `selenium` not in
/// `selenium-wire`.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let line = without_comment(line);
        line.match_indices(name).any(|(start, found)| {
            let (before, after) = (&line[..start], &line[start + found.len()..]);
            !before.ends_with(is_part_of_a_name) && !after.starts_with(is_part_of_a_name)
        })
    })
}

/// The line up to the sign that begins a comment in TOML, INI, requirements and Ruby, or in Gradle and Go.
fn without_comment(line: &str) -> &str {
    let line = if line.trim_start().starts_with("//") { "" } else { line };
    let before = line.split_once(" #").map_or(line, |(before, _)| before);
    if before.trim_start().starts_with(['#', ';']) { "" } else { before }
}

fn is_part_of_a_name(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn only_a_whole_name_outside_comments_counts() {
        for (text, expected) in [
            ("pytest==8.1", true),
            ("  \"pytest>=8\",", true),
            ("[tool.pytest.ini_options]", true),
            ("pytest[asyncio]", true),
            ("pytest-cov==1", false),
            ("my_pytest", false),
            ("# pytest", false),
            ("black  # not pytest", false),
            ("; pytest", false),
            ("", false),
        ] {
            assert_eq!(mentions(text, "pytest"), expected, "{text}");
        }
        assert!(mentions("<artifactId>selenium-java</artifactId>", "selenium-java"));
        assert!(mentions("testImplementation 'org.seleniumhq.selenium:selenium-java:4.1'", "selenium-java"));
        assert!(!mentions("// testImplementation 'selenium-java'", "selenium-java"));
    }
}
