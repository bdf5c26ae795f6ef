//! Turns files into checked cases.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vestibule_model::diagnostic::{Diagnostic, Source, source_from_bytes};
use vestibule_model::yaml::{Node, ReadError, Value, documents};

use super::case::{Case, Twin};
use super::check::{self, Vocabulary};
use super::discover::SourceFile;
use super::model::Scenario;
use super::parse::{Refused, parse};
use super::rows::{Row, TwinTree, rows, without_rows};

/// The cases of these files, in the order of the files, documents and rows.
///
/// # Errors
///
/// Everything that is wrong in any file, as far as its YAML can be read.
pub(crate) fn load(files: Vec<SourceFile>, vocabulary: &Vocabulary) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let mut loader = Loader {
        vocabulary,
        cases: Vec::new(),
        diagnostics: Vec::new(),
        titles: BTreeMap::new(),
        conditions: BTreeMap::new(),
        snapshots: BTreeMap::new(),
    };
    for file in files {
        loader.file(file);
    }
    if loader.diagnostics.is_empty() { Ok(loader.cases) } else { Err(loader.diagnostics) }
}

struct Loader<'a> {
    vocabulary: &'a Vocabulary,
    cases: Vec<Case>,
    diagnostics: Vec<Diagnostic>,
    /// The first place of each title of a suite.
    titles: BTreeMap<(String, String), String>,
    /// The first place of each condition name.
    conditions: BTreeMap<String, String>,
    /// Which case each snapshot of a folder belongs to, and where that is compared with it.
    snapshots: BTreeMap<(PathBuf, String), String>,
}

impl Loader<'_> {
    fn file(&mut self, file: SourceFile) {
        let read = source_from_bytes(&file.name, file.bytes)
            .and_then(|source| documents(&source).map(|documents| (Arc::new(source), documents)));
        match read {
            Ok((source, documents)) if documents.is_empty() => {
                let diagnostic = Diagnostic::new("no-scenario", "the file has no scenario");
                self.diagnostics.push(diagnostic.at(source.place(0..0, "nothing but comments")));
            }
            Ok((source, documents)) => {
                for document in documents {
                    self.document(&file.id, &source, &document);
                }
            }
            Err(diagnostic) => self.diagnostics.push(diagnostic),
        }
    }

    fn document(&mut self, id: &str, source: &Arc<Source>, root: &Node) {
        let (rows, mut errors) = rows(root);
        self.refuse_second_title(id, source, root, &mut errors);
        self.refuse_second_condition(source, root, &mut errors);
        let mut cases = Vec::new();
        if rows.is_empty() {
            // No row can be read, so only the part that all rows share is. What is missing there may be in a row.
            if let Err(shared) = self.scenario(&without_rows(root)) {
                errors.extend(shared.into_iter().filter(|error| error.missing.is_none()));
            }
        }
        for row in rows {
            match self.case(id, source, row) {
                Ok(case) => {
                    self.refuse_second_snapshot(source, &case, &mut errors);
                    cases.push(case);
                }
                Err(found) => errors.extend(found),
            }
        }
        errors.sort_by_key(|error| error.span.unwrap_or_default().start);
        let errors = errors.into_iter().map(|error| error.into_diagnostic(source));
        // The rows of a matrix share most of their text, and therefore their errors.
        let mut reported = HashSet::new();
        self.diagnostics.extend(errors.filter(|diagnostic| reported.insert(diagnostic.clone())));
        self.cases.extend(cases);
    }

    fn refuse_second_title(&mut self, id: &str, source: &Source, root: &Node, errors: &mut Vec<ReadError>) {
        let Some((_, node)) = root.get("title") else { return };
        let Value::Text(title) = &node.value else { return };
        let suite = id.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let here = format!("{}:{}", source.name(), source.line(node.span.start));
        if let Some(first) = self.titles.insert((suite, title.clone()), here) {
            let diagnostic = Diagnostic::new("duplicate-title", "two scenarios of one suite have the same title")
                .note(format!("first: {first}"))
                .hint("reports tell scenarios apart by their titles: say what is different here");
            errors.push(ReadError::new(diagnostic, node.span, "the same title again"));
        }
    }

    fn refuse_second_condition(&mut self, source: &Source, root: &Node, errors: &mut Vec<ReadError>) {
        let Some((key, condition)) = root.get("condition") else { return };
        if root.get("matrix").is_some() || root.get("cases").is_some() {
            let diagnostic = Diagnostic::new("conflicting-keys", "a condition is a single case: it cannot have rows")
                .hint("write one document for each condition");
            errors.push(ReadError::new(diagnostic, key.span, "`matrix` or `cases` is here too"));
        }
        let Some((_, node)) = condition.get("name") else { return };
        let Value::Text(name) = &node.value else { return };
        let here = format!("{}:{}", source.name(), source.line(node.span.start));
        if let Some(first) = self.conditions.insert(name.clone(), here) {
            let diagnostic = Diagnostic::new("duplicate-condition", "two conditions have the same name")
                .note(format!("first: {first}"));
            errors.push(ReadError::new(diagnostic, node.span, "the same name again"));
        }
    }

    /// A snapshot is found by the title of its case: one that is shared would be overwritten by turns.
    fn refuse_second_snapshot(&mut self, source: &Source, case: &Case, errors: &mut Vec<ReadError>) {
        let mut spans = case.snapshot_spans();
        let Some(first) = spans.next() else { return };
        if let Some(second) = spans.next() {
            let diagnostic = Diagnostic::new("duplicate-snapshot", "a case is compared with one snapshot only")
                .note(format!("first: {}:{}", source.name(), source.line(first.start)))
                .hint("record everything in one place, or write two scenarios");
            errors.push(ReadError::new(diagnostic, second, "a second snapshot"));
        }
        let name = case.snapshot_name();
        if name.is_empty() {
            let title = "the title gives no name for a snapshot: it has no letter from a to z and no digit";
            let diagnostic = Diagnostic::new("snapshot-without-name", title)
                .hint("the file is named after the title: add a word in the letters a to z, or a number");
            errors.push(ReadError::new(diagnostic, first, "needs a name"));
            return;
        }
        let folder = Path::new(source.name()).parent().unwrap_or(Path::new("")).to_owned();
        let here = format!("`{}`, {}:{}", case.title, source.name(), source.line(first.start));
        if let Some(other) = self.snapshots.insert((folder, name.clone()), here) {
            let title = format!("two cases would be recorded as the snapshot `{name}`");
            let diagnostic = Diagnostic::new("duplicate-snapshot", title)
                .note(format!("first: {other}"))
                .note(format!("here: `{}`", case.title))
                .hint("give the titles different words: only the letters a to z and digits count");
            errors.push(ReadError::new(diagnostic, first, "the same snapshot again"));
        }
    }

    fn case(&self, id: &str, source: &Arc<Source>, row: Row) -> Result<Case, Vec<ReadError>> {
        let scenario = self.scenario(&row.tree)?;
        let mut errors = check::check(&scenario, self.vocabulary);
        let twin = row.twin.map(|twin| self.twin(&scenario, twin, &mut errors));
        if !errors.is_empty() {
            return Err(errors);
        }
        let line = source.line(scenario.title.span.start);
        let number = row.number.map(|number| format!("[{number}]")).unwrap_or_default();
        let point = row.point.map(|point| format!(" [{point}]")).unwrap_or_default();
        let title = format!("{}{point}", scenario.title.value);
        Ok(Case {
            id: format!("{id}:{line}{number}"),
            title: title.clone(),
            base_title: title,
            tags: scenario.tags.iter().map(|tag| tag.value.clone()).collect(),
            file: source.name().to_owned(),
            line,
            twin: twin.flatten(),
            must_fail_because: None,
            source: Arc::clone(source),
            scenario,
        })
    }

    /// A typed scenario, or everything that cannot be read, and every unknown word in the rest.
    fn scenario(&self, tree: &Node) -> Result<Scenario, Vec<ReadError>> {
        parse(tree).map_err(|Refused { mut errors, rest }| {
            errors.extend(check::words(&rest, self.vocabulary));
            errors
        })
    }

    fn twin(&self, scenario: &Scenario, twin: TwinTree, errors: &mut Vec<ReadError>) -> Option<Twin> {
        match self.scenario(&twin.tree) {
            Ok(changed) => {
                errors.extend(check::check_twin(scenario, &changed, &twin, self.vocabulary));
                Some(Twin { scenario: changed, because: twin.because })
            }
            Err(found) => {
                errors.extend(found);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
