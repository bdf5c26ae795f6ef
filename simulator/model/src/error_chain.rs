//! An error and its causes.

use std::error::Error;
use std::iter;

/// The causes of an error, the nearest first.
pub fn causes_of<'a>(error: &'a dyn Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(error.source(), |&cause| cause.source())
}

/// The text of an error and of all its causes. A cause that the text already ends with is not repeated.
pub fn with_causes(error: &dyn Error) -> String {
    causes_of(error)
        .map(ToString::to_string)
        .fold(error.to_string(), |text, cause| if text.ends_with(&cause) { text } else { format!("{text}: {cause}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fmt, io};

    #[derive(Debug)]
    struct Outer {
        text: &'static str,
        cause: io::Error,
    }

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.text)
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.cause)
        }
    }

    #[test]
    fn every_cause_is_said_once() {
        for (text, said) in
            [("read a file", "read a file: disk full"), ("read a file (disk full", "read a file (disk full")]
        {
            let error = Outer { text, cause: io::Error::other("disk full") };
            assert_eq!(with_causes(&error), said);
        }
    }
}
