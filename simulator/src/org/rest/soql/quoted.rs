//! What a text in quotes stands for.

use super::query::Glyph;

/// The text itself.
pub(crate) fn text(quoted: &str) -> String {
    characters(quoted).map(|(_, character)| character).collect()
}

/// The text as a pattern of `LIKE`.
pub(crate) fn pattern(quoted: &str) -> Vec<Glyph> {
    characters(quoted)
        .map(|(escaped, character)| match character {
            '%' if !escaped => Glyph::Many,
            '_' if !escaped => Glyph::One,
            character => Glyph::Exactly(character),
        })
        .collect()
}

/// The characters between the quotes, and whether each was escaped. The lexer has read the escapes before.
fn characters(quoted: &str) -> impl Iterator<Item = (bool, char)> {
    let inner = quoted.strip_prefix('\'').unwrap_or(quoted);
    let inner = inner.strip_suffix('\'').unwrap_or(inner);
    let mut characters = inner.chars();
    std::iter::from_fn(move || match characters.next()? {
        '\\' => characters.next().map(|escaped| (true, meant(escaped))),
        character => Some((false, character)),
    })
}

fn meant(escaped: char) -> char {
    match escaped {
        'n' | 'N' => '\n',
        'r' | 'R' => '\r',
        't' | 'T' => '\t',
        'b' | 'B' => '\u{8}',
        'f' | 'F' => '\u{c}',
        other => other,
    }
}
