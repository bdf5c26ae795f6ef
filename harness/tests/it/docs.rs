//! README and guides: every command runs, every link has a target, every cited row of the contract exists, every statement
//! of the source documents has its proof, and the list of Linux-only files is right.

mod commands;
mod contract;
mod links;
mod linux;
mod seeds;

use std::fs;
use std::path::{Path, PathBuf};

/// A Markdown file, by its path below the repository.
struct Document {
    path: PathBuf,
    text: String,
}

/// README, CONTRIBUTING and the guides, without the generated reference.
fn guides() -> Vec<Document> {
    let mut paths: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md"].map(PathBuf::from).into();
    paths.extend(markdown_in("docs"));
    paths.into_iter().map(read).collect()
}

/// Guides, changelog and reference.
fn every_document() -> Vec<Document> {
    let mut documents = guides();
    documents.push(read("CHANGELOG.md".into()));
    documents.extend(markdown_in("docs/reference").into_iter().map(read));
    documents
}

fn markdown_in(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let names = entries.map(|entry| PathBuf::from(folder).join(entry.unwrap().file_name()));
    let mut paths: Vec<_> = names.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    paths.sort();
    paths
}

fn read(path: PathBuf) -> Document {
    let text = fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Document { path, text }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
