//! The style and the script of the page without what only their authors read: the space that they take is missing for failures.

/// A style sheet without indentation, line ends and the spaces beside punctuation. Its texts have no punctuation.
pub(super) fn style(text: &str) -> String {
    let lines: String = text.lines().map(str::trim).collect();
    let pairs =
        [(": ", ":"), ("; ", ";"), (", ", ","), (" {", "{"), ("{ ", "{"), (" }", "}"), (";}", "}"), (" > ", ">")];
    pairs.into_iter().fold(lines, |text, (from, to)| text.replace(from, to))
}

/// A script without indentation, empty lines and the lines that are comments. No text of it goes beyond a line.
pub(super) fn script(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_keeps_its_selectors_and_values() {
        let text =
            ":root {\n  --a: light-dark(#fff, #000);\n}\n.b > :is(i, u) { margin: 0 auto; font: 1rem \"A B\", c; }\n";
        assert_eq!(style(text), ":root{--a:light-dark(#fff,#000)}.b>:is(i,u){margin:0 auto;font:1rem \"A B\",c}");
    }

    #[test]
    fn a_script_keeps_its_statements_and_the_texts_that_look_like_comments() {
        let text = "// About f.\nfunction f() {\n  // one\n  return \"https://x\"; // two\n\n}\n";
        assert_eq!(script(text), "function f() {\nreturn \"https://x\"; // two\n}\n");
    }
}
