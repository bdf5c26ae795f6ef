//! Sessions that were taken away, or never were one.

use crate::diagnosis::Cause;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[];
