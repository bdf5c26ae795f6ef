//! What every case needs: a plan of which it is proved that it can tell a session from none.

use super::plan::AttackPlan;
use super::proof::Proved;
use super::provider::Provider;
use super::visitor::Visitors;

/// A plan that was proved, with those who carry it out.
pub(super) struct ProvedAttack<'a> {
    pub(super) plan: &'a AttackPlan,
    pub(super) provider: &'a mut Provider,
    pub(super) visitors: &'a Visitors,
    pub(super) proved: &'a Proved,
}
