//! What every case needs: a plan that is known to tell a session from none.

use super::plan::AttackPlan;
use super::proof::Proved;
use super::provider::Provider;
use super::visitor::Visitors;

/// The plan, what the good login proved, and those who carry the plan out.
pub(super) struct ProvedAttack<'a> {
    pub(super) plan: &'a AttackPlan,
    pub(super) provider: &'a mut Provider,
    pub(super) visitors: &'a Visitors,
    pub(super) proved: &'a Proved,
}
