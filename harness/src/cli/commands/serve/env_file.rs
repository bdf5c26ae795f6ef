//! The variables of a realm as a file that shells source and that Node, Docker Compose and dotenv read.

use std::fmt::Write as _;

use crate::suite::Variables;

/// One `NAME='value'` for each variable, after a line that says what the file is.
pub(super) fn text(variables: &Variables) -> String {
    let mut text =
        String::from("# Written by `vestibule serve`, valid while it runs. In a shell: set -a; . FILE; set +a\n");
    for (name, value) in variables.iter().filter(|(name, _)| !OF_THE_SHELL.contains(name)) {
        let _infallible = writeln!(text, "{name}={}", quoted(value.reveal()));
    }
    text
}

/// In single quotes, between which neither shells nor dotenv change anything. What has such a quote itself is put in double
/// quotes if these change nothing in it either, and else as shells alone read it.
fn quoted(value: &str) -> String {
    let plain_in_double_quotes = !value.contains(['"', '$', '`', '\\', '!']);
    match (value.contains('\''), plain_in_double_quotes) {
        (false, _) => format!("'{value}'"),
        (true, true) => format!("\"{value}\""),
        (true, false) => format!("'{}'", value.replace('\'', r"'\''")),
    }
}

/// What a shell or a container has of its own: a value from another place would break it.
const OF_THE_SHELL: [&str; 2] = ["PATH", "TMPDIR"];

#[cfg(test)]
mod tests {
    use std::process::Command;

    use vestibule_model::Secret;

    use super::*;

    #[test]
    fn a_shell_reads_every_value_as_it_is() {
        let values = [
            ("A_PLAIN", "https://acme.localhost:1/?a=b&c=%20#d"),
            ("B_SPACES", "-Da=b -Dc=\"d e\" $HOME `id` \\ !x"),
            ("C_QUOTE", "it's"),
            ("D_BOTH", "it's \"$5\" \\n"),
            ("E_EMPTY", ""),
            ("F_LINES", "one\ntwo ü"),
        ];
        let mut variables = Variables::default();
        for (name, value) in values {
            variables.set(name, Secret::new(value));
        }
        variables.set("PATH", Secret::new("/nowhere"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("env");
        std::fs::write(&file, text(&variables)).unwrap();

        let script = format!("set -a; . {}; set +a; env -0", file.display());
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();

        let read = String::from_utf8(output.stdout).unwrap();
        for (name, value) in values {
            assert!(read.split('\0').any(|pair| pair == format!("{name}={value}")), "{name}: {read}");
        }
        assert!(!text(&variables).contains("/nowhere"));
    }

    #[test]
    fn single_quotes_are_used_wherever_they_can_be() {
        for (value, expected) in
            [("a b", "'a b'"), ("a$b\"", "'a$b\"'"), ("it's", "\"it's\""), ("it's $5", r"'it'\''s $5'")]
        {
            assert_eq!(quoted(value), expected);
        }
    }
}
