//! The example suite that comes with the program.

use std::path::Path;

/// Where `vestibule init --example` writes it, below a folder.
pub(crate) const EXAMPLE_SUITE: &str = "vestibule/example_login.py";

/// Whether a command runs the example, itself or through a shell.
pub(crate) fn runs_example(command: &[String]) -> bool {
    let words = command.iter().flat_map(|word| word.split_whitespace());
    let mut paths = words.map(|word| Path::new(word.trim_matches(['"', '\''])));
    paths.any(|path| path.ends_with(EXAMPLE_SUITE) || is_beside(path))
}

/// Whether a path leads to the example from its own folder.
fn is_beside(path: &Path) -> bool {
    let path = path.strip_prefix(".").unwrap_or(path);
    path.components().count() == 1 && Path::new(EXAMPLE_SUITE).ends_with(path)
}

#[cfg(test)]
mod tests {
    use super::runs_example;

    #[test]
    fn the_example_is_known_however_it_is_started() {
        let rows: [(&[&str], bool); 9] = [
            (&["python3", "vestibule/example_login.py"], true),
            (&["python3", "./vestibule/example_login.py"], true),
            (&["/usr/bin/python3", "/srv/e2e/vestibule/example_login.py"], true),
            (&["python3", "example_login.py"], true),
            (&["python3", "./example_login.py"], true),
            (&["sh", "-c", "cd e2e && exec python3 'vestibule/example_login.py'"], true),
            (&["python3", "tests/example_login.py"], false),
            (&["python3", "vestibule/my_example_login.py"], false),
            (&["pytest", "-x"], false),
        ];
        for (command, expected) in rows {
            let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(runs_example(&command), expected, "{command:?}");
        }
    }
}
