//! The login page itself.

use crate::diagnosis::Cause;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[];
