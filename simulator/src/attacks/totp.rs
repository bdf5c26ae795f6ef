//! What a person types in place of the code that an authenticator app shows.
//!
//! Source: RFC 6238 5.2 and 6, RFC 4226 5.3.

/// What is typed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CodeMutation {
    /// The code of so many steps later.
    Step(i64),
    /// Each digit is one higher, and 9 is 0.
    OtherDigits,
    /// Without the last digit.
    Short,
    /// With a digit after it.
    Long,
    /// With this in its middle.
    Grouped(&'static str),
    /// With a text before it and one after it.
    Around(&'static str, &'static str),
    /// In digits of another script, whose zero is this.
    Script(char),
    /// So many times over.
    Repeated(usize),
    /// Something else.
    Text(&'static str),
}

impl CodeMutation {
    /// What is typed, where this is the code of each step, counted from now.
    pub(super) fn apply(self, code_of: &dyn Fn(i64) -> String) -> String {
        let good = || code_of(0);
        match self {
            Self::Step(steps) => code_of(steps),
            Self::OtherDigits => good().chars().map(next).collect(),
            Self::Short => {
                let mut code = good();
                code.pop();
                code
            }
            Self::Long => good() + "0",
            Self::Grouped(between) => {
                let code = good();
                let (left, right) = code.split_at(code.len() / 2);
                format!("{left}{between}{right}")
            }
            Self::Around(before, after) => format!("{before}{}{after}", good()),
            Self::Script(zero) => good().chars().map(|digit| in_script(digit, zero)).collect(),
            Self::Repeated(times) => good().repeat(times),
            Self::Text(text) => text.to_owned(),
        }
    }
}

fn next(digit: char) -> char {
    match digit.to_digit(10) {
        Some(value) => char::from_digit((value + 1) % 10, 10).unwrap_or(digit),
        None => digit,
    }
}

fn in_script(digit: char, zero: char) -> char {
    let there = digit.to_digit(10).and_then(|value| char::from_u32(u32::from(zero) + value));
    there.unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::CodeMutation;

    #[test]
    fn a_code_is_changed_as_said() {
        let code_of = |step: i64| format!("09{:04}", 4711 + step);
        for (change, expected) in [
            (CodeMutation::Step(-2), "094709"),
            (CodeMutation::OtherDigits, "105822"),
            (CodeMutation::Short, "09471"),
            (CodeMutation::Long, "0947110"),
            (CodeMutation::Grouped(" "), "094 711"),
            (CodeMutation::Around("+", "!"), "+094711!"),
            (CodeMutation::Script('\u{FF10}'), "０９４７１１"),
            (CodeMutation::Repeated(2), "094711094711"),
            (CodeMutation::Text(""), ""),
        ] {
            assert_eq!(change.apply(&code_of), expected, "{change:?}");
        }
    }
}
