//! Formats a diagnostic for the terminal.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::value::{Diagnostic, Place};

/// Renders one diagnostic, without a final newline.
///
/// ```text
/// error[unknown-page]: `hoem` is not the name of a page     <- code, title
///   --> enforcement/admin.yaml:24:9                         <- place
///    |
/// 24 |   page: hoem
///    |         ^^^^ unknown name                             <- label
///    = valid: login, username, home                         <- notes
///
/// hint: write `home`                                        <- hint
/// ```
///
/// `width` is the number of columns of the terminal. Longer source lines are cut around the caret; longer notes are
/// wrapped.
pub fn render(diagnostic: &Diagnostic, color: bool, width: usize) -> String {
    let width = width.max(NARROWEST);
    let base = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = base.decor_style(DecorStyle::Ascii).term_width(width);
    let mut report = renderer.render(&[main_group(diagnostic, width)]);
    if let Some(hint) = &diagnostic.hint {
        report.push_str("\n\n");
        report.push_str(
            &renderer.render(&[Group::with_title(Level::HELP.with_name("hint").primary_title(visible(hint)))]),
        );
    }
    report
}

fn main_group(diagnostic: &Diagnostic, width: usize) -> Group<'static> {
    let title = Level::ERROR.primary_title(visible(&diagnostic.title)).id(diagnostic.code.clone());
    let mut group = Group::with_title(title);
    if let Some(place) = &diagnostic.place {
        group = group.element(snippet(place));
    }
    // Only the first line of a label fits next to the caret.
    let label = diagnostic.place.iter().flat_map(|place| place.label.lines().skip(1));
    for note in label.chain(diagnostic.notes.iter().map(String::as_str)) {
        group = group.element(Level::NOTE.no_name().message(wrap(&visible(note), width.saturating_sub(8))));
    }
    group
}

fn snippet(place: &Place) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let text = visible_line(&place.text);
    let byte = |column: usize| text.char_indices().nth(column).map_or(text.len(), |(at, _)| at);
    let start = usize::try_from(place.column).unwrap_or(1).saturating_sub(1);
    let width = usize::try_from(place.width).unwrap_or(1);
    let marked = byte(start)..byte(start + width);
    let line = usize::try_from(place.line).unwrap_or(1);
    Snippet::source(text)
        .line_start(line)
        .path(place.file.clone())
        .annotation(AnnotationKind::Primary.span(marked).label(visible(place.label.lines().next().unwrap_or_default())))
}

/// The text with a visible symbol for each control character except the newline, so that it cannot move the cursor or
/// colour the terminal.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c } else { picture(c) }).collect()
}

/// The same for a source line. Tabs are kept, so that each character keeps its column.
fn visible_line(text: &str) -> String {
    text.chars().map(|c| if c == '\t' { c } else { picture(c) }).collect()
}

fn picture(c: char) -> char {
    match u32::from(c) {
        code @ 0..=0x1f => char::from_u32(0x2400 + code).unwrap_or(REPLACEMENT),
        0x7f => '\u{2421}',
        0x80..=0x9f | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069 => REPLACEMENT,
        _ => c,
    }
}

fn wrap(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let words = paragraph.trim_start_matches(' ');
        let indentation = &paragraph[..paragraph.len() - words.len()];
        let mut line = indentation.to_owned();
        for word in words.split(' ') {
            let begun = line.len() > indentation.len();
            if begun && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::replace(&mut line, indentation.to_owned()));
            } else if begun {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines.join("\n")
}

const REPLACEMENT: char = '\u{fffd}';
const NARROWEST: usize = 30;

#[cfg(test)]
mod tests;
