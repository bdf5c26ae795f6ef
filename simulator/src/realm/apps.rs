//! The apps that may ask the org for tokens, each with its key and its secret.

use std::collections::BTreeMap;

use super::entropy::Entropy;
use vestibule_model::{ConnectedApp, PLATFORM_CLI, Secret};

/// A connected app or an external client app of the org.
#[derive(Debug, Clone)]
pub struct App {
    /// Its name, the key in the specification. Login History shows it.
    pub name: String,
    /// Consumer key.
    pub client_id: String,
    /// Consumer secret; the app of the vendor's command line has none.
    pub client_secret: Option<Secret>,
    /// The specification.
    pub spec: ConnectedApp,
}

/// The apps of one org.
#[derive(Debug)]
pub struct Apps(Vec<App>);

impl Apps {
    /// The apps of a specification, and that of the vendor's command line. Only what the specification leaves open is
    /// drawn.
    pub(super) fn create(specs: &BTreeMap<String, ConnectedApp>, entropy: &Entropy) -> Self {
        let mut apps: Vec<App> = specs.iter().map(|(name, spec)| create(name, spec, entropy)).collect();
        if apps.iter().all(|app| app.client_id != PLATFORM_CLI) {
            apps.push(create(PLATFORM_CLI, &ConnectedApp::platform_cli(), entropy));
        }
        Self(apps)
    }

    /// The app with this consumer key.
    pub fn by_client_id(&self, client_id: &str) -> Option<&App> {
        self.0.iter().find(|app| app.client_id == client_id)
    }

    /// The app with this name.
    pub fn get(&self, name: &str) -> Option<&App> {
        self.0.iter().find(|app| app.name == name)
    }

    /// Every app.
    pub fn all(&self) -> &[App] {
        &self.0
    }
}

fn create(name: &str, spec: &ConnectedApp, entropy: &Entropy) -> App {
    let spec = if name == PLATFORM_CLI { of_the_command_line(spec) } else { spec.clone() };
    let client_id = spec.client_id.clone().unwrap_or_else(|| format!("3MVG9{}", entropy.alphanumeric(80)));
    let client_secret = match &spec.client_secret {
        Some(secret) => {
            entropy.secrets().learn(secret);
            Some(secret.clone())
        }
        None if client_id == PLATFORM_CLI => None,
        None => Some(Secret::new(entropy.token())),
    };
    App { name: name.to_owned(), client_id, client_secret, spec }
}

/// The app of the vendor's command line, with what a specification changes of it.
fn of_the_command_line(spec: &ConnectedApp) -> ConnectedApp {
    let usual = ConnectedApp::platform_cli();
    ConnectedApp {
        client_id: spec.client_id.clone().or(usual.client_id),
        secret_required: false,
        callbacks: if spec.callbacks.is_empty() { usual.callbacks } else { spec.callbacks.clone() },
        refresh_token_rotation: spec.refresh_token_rotation.or(usual.refresh_token_rotation),
        ..spec.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use vestibule_model::{ConnectedApp, PLATFORM_CLI, Secret};

    use super::Apps;
    use crate::realm::Entropy;

    #[test]
    fn the_command_line_is_known_without_being_named_and_draws_nothing() {
        let (entropy, untouched) = (Entropy::seeded(7), Entropy::seeded(7));

        let apps = Apps::create(&BTreeMap::new(), &entropy);

        let cli = apps.by_client_id(PLATFORM_CLI).unwrap();
        assert_eq!((apps.all().len(), &cli.client_secret, cli.spec.installed), (1, &None, true));
        assert_eq!(entropy.token(), untouched.token());
    }

    #[test]
    fn what_is_named_changes_the_command_line_and_keeps_the_rest() {
        let changed = ConnectedApp { installed: false, ..ConnectedApp::default() };

        let apps = Apps::create(&BTreeMap::from([(PLATFORM_CLI.to_owned(), changed)]), &Entropy::seeded(7));

        let cli = apps.by_client_id(PLATFORM_CLI).unwrap();
        assert_eq!(apps.all().len(), 1);
        assert_eq!(cli.spec, ConnectedApp { installed: false, ..ConnectedApp::platform_cli() });
    }

    #[test]
    fn every_secret_of_an_app_is_known_as_one() {
        let own = ConnectedApp { client_secret: Some(Secret::new("own-secret-1")), ..ConnectedApp::default() };
        let specs = BTreeMap::from([("own".to_owned(), own), ("drawn".to_owned(), ConnectedApp::default())]);
        let entropy = Entropy::seeded(7);

        let apps = Apps::create(&specs, &entropy);

        let known = entropy.secrets().all();
        for app in ["own", "drawn"] {
            assert!(known.contains(apps.get(app).unwrap().client_secret.as_ref().unwrap()), "{app}");
        }
        assert!(apps.get("drawn").unwrap().client_id.starts_with("3MVG9"));
    }
}
