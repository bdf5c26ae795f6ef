//! A WebDriver endpoint that passes every command on and adds what the suite's browser needs.

use super::connection::{ConnectionOptions, Records};
use super::variables::Variables;
use crate::browser::BrowserError;

#[derive(Debug)]
pub(super) struct Endpoint;

impl Endpoint {
    pub(super) async fn start(_options: &ConnectionOptions) -> Result<Self, BrowserError> {
        Ok(Self)
    }

    pub(super) fn add_to(&self, _variables: &mut Variables) {}

    pub(super) fn records(&self) -> Records {
        Records::default()
    }

    pub(super) async fn close(self) {}
}
