//! Codes that the org asks for.

use crate::diagnosis::Cause;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[];
