use super::*;
use crate::diagnostic::Source;

fn good_diagnostic() -> Diagnostic {
    let source = Source::new(
        "scenarios/saml/weak-context.yaml",
        "title: x\n---\nexpect:\n  page: verify-totp # the code page\n",
    );
    let at = source.text().find("verify-totp").unwrap();
    Diagnostic::new("mfa-not-enforced", "org granted a session without a second factor")
        .at(source.place(at..at + 11, "expected: verify-totp\nactual:   home, session level standard"))
        .note("evidence: AuthnContextClassRef ...:PasswordProtectedTransport; amr not sent")
        .note("rule: requirement `org-wide MFA` not reached: exemption `sso-trusted` applied")
        .hint("send a stronger AuthnContextClassRef from the IdP, or expect `home`")
}

fn at_line(text: &str, marked: &str) -> Diagnostic {
    let source = Source::new("a.yaml", text);
    let at = source.text().find(marked).unwrap();
    Diagnostic::new("code", "title").at(source.place(at..at + marked.len(), "label"))
}

fn snapshot(name: &str, text: &str) {
    vestibule_snapshots::settings("diagnostics").bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn a_full_diagnostic_answers_where_what_and_what_to_do() {
    snapshot("full", &render(&good_diagnostic(), false, 100));
}

#[test]
fn colour_changes_no_character() {
    let plain = render(&good_diagnostic(), false, 100);
    let colored = render(&good_diagnostic(), true, 100);

    assert!(colored.contains('\u{1b}'));
    assert_eq!(anstyle_free(&colored), plain);
}

#[test]
fn a_narrow_terminal_gets_the_same_facts() {
    snapshot("narrow", &render(&good_diagnostic(), false, 44));
}

#[test]
fn a_diagnostic_without_a_place_is_a_title_and_a_hint() {
    let diagnostic = Diagnostic::new("no-chromium", "no browser was found").hint("apt-get install chromium");

    snapshot("no-place", &render(&diagnostic, false, 100));
}

#[test]
fn a_note_keeps_the_indentation_of_its_lines() {
    let difference = "- old\n+ new\n  {\n    kept: and a few more words";
    let diagnostic = Diagnostic::new("code", "title").note(difference).note("plain");

    let text = render(&diagnostic, false, 34);

    let lines: Vec<&str> = text.lines().map(|line| line.trim_start_matches([' ', '|']).trim_end()).collect();
    assert!(lines.contains(&"= - old") && lines.contains(&"+ new") && lines.contains(&"= plain"), "{text}");
    let indent = |end: &str| text.lines().find(|line| line.ends_with(end)).map(|line| line.len() - end.len());
    let new = indent("+ new");
    assert_eq!(indent("{"), new.map(|column| column + 2), "{text}");
    assert_eq!(indent("kept: and a few more"), new.map(|column| column + 4), "{text}");
    assert_eq!(indent("words"), new.map(|column| column + 4), "{text}");
}

#[test]
fn a_very_long_line_is_cut_around_the_caret() {
    let line = format!("key: {}WRONG{}", "a ".repeat(300), " b".repeat(300));

    let text = render(&at_line(&line, "WRONG"), false, 80);

    snapshot("long-line", &text);
    assert!(text.lines().all(|line| line.chars().count() <= 90), "{text}");
}

#[test]
fn the_caret_stands_under_the_text_behind_a_tab() {
    snapshot("tab", &render(&at_line("\tpage:\thome", "home"), false, 80));
}

#[test]
fn wide_characters_keep_the_caret_in_place() {
    snapshot("wide", &render(&at_line("title: 日本 home", "home"), false, 80));
}

#[test]
fn control_characters_are_shown_and_not_sent() {
    let mut diagnostic = at_line("title: \u{1b}[31mred\u{7} \u{202e}back", "red");
    diagnostic.title = "bad \u{1b}]0;owned\u{7} title".to_owned();

    let text = render(&diagnostic, false, 80);

    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    assert!(!text.contains('\u{202e}'));
    snapshot("control-characters", &text);
}

fn anstyle_free(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.find(|c| c.is_ascii_alphabetic());
        } else {
            plain.push(c);
        }
    }
    plain
}
