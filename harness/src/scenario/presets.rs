//! A file with what an identity provider sends after each sign-in method.

use vestibule_model::Preset;
use vestibule_model::diagnostic::{Diagnostic, source_from_bytes};
use vestibule_model::yaml::{ReadError, documents, read_all};

use super::discover::SourceFile;

/// The preset of a file.
///
/// # Errors
///
/// Everything that is wrong in the file.
pub(crate) fn load_preset(file: SourceFile) -> Result<Preset, Vec<Diagnostic>> {
    let source = source_from_bytes(&file.name, file.bytes).map_err(|error| vec![error])?;
    let documents = documents(&source).map_err(|error| vec![error])?;
    let Some(root) = documents.first() else {
        let diagnostic =
            Diagnostic::new("no-preset", "the file has no preset").hint("`vestibule presets learn` makes one");
        return Err(vec![diagnostic.at(source.place(0..0, "a preset begins with `describe`"))]);
    };
    let (preset, errors) = read_all::<Preset>(root);
    let diagnostics: Vec<_> = errors.into_iter().map(|error: ReadError| error.into_diagnostic(&source)).collect();
    match preset.filter(|_| diagnostics.is_empty()) {
        Some(preset) if preset.saml.is_some() || preset.oidc.is_some() || preset.like.is_some() => Ok(preset),
        Some(_) => {
            let diagnostic =
                Diagnostic::new("missing-key", "the preset says nothing: `saml`, `oidc` and `like` are missing")
                    .hint("write `oidc: { methods: { push: { amr: [pwd, swk], mark: V, source: a trace of ours } } }`");
            Err(vec![diagnostic.at(source.place(0..0, "add one of them"))])
        }
        None => Err(diagnostics),
    }
}
