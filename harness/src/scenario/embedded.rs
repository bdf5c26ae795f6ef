//! The built-in suites, so that `vestibule run` without a path has something to run.

use super::discover::SourceFile;

/// The files of `scenarios/`, as they were when the program was built.
pub fn embedded_suites() -> Vec<SourceFile> {
    let file = |(path, text): &(&str, &str)| SourceFile {
        name: format!("scenarios/{path}"),
        id: (*path).to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    SUITES.iter().map(file).collect()
}

macro_rules! suites {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../scenarios/", $path)))),*]
    };
}

const SUITES: &[(&str, &str)] = suites![];

#[cfg(test)]
mod tests;
