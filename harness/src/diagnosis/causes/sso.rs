//! Single sign-on: signals and answers.

use crate::diagnosis::Cause;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[];
