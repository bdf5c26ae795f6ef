//! A tier with its reason.

use super::rulebook::{Citation, Sourced};
use vestibule_model::Strength;

/// A tier, and the value of the rulebook that gives it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rated<'a> {
    pub(super) tier: Strength,
    pub(super) because: Citation<'a>,
}

impl<'a> Rated<'a> {
    pub(super) fn new(tier: Strength, because: impl Into<Citation<'a>>) -> Self {
        Self { tier, because: because.into() }
    }
}

impl<'a> From<&'a Sourced<Strength>> for Rated<'a> {
    fn from(value: &'a Sourced<Strength>) -> Self {
        Self::new(value.value, value)
    }
}
