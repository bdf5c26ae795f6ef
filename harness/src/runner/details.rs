//! What a report may show of a case, gathered from the realm and the browser after its last step.

use super::world::World;
use crate::browser::WebDriverSession;
use crate::outcome::Details;

/// Gathers what there is. Nothing here can break a case: what cannot be read is left out.
pub(super) async fn collect(_world: &World, session: &WebDriverSession) -> Details {
    Details { console: session.console().await.unwrap_or_default(), ..Details::default() }
}
