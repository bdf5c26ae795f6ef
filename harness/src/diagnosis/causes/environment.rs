//! What keeps a suite from the login page.

use crate::diagnosis::Cause;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[];
