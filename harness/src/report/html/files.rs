//! The rows, by the files of their scenarios.

use super::rows::CaseView;
use super::wording::plural;

/// The rows of one file.
pub(super) struct FileRows<'a> {
    /// `None` where one list holds every row.
    pub(super) file: Option<&'a str>,
    /// `12 cases: 2 failed, 10 passed`.
    pub(super) counts: String,
    pub(super) cases: Vec<CaseView<'a>>,
}

/// The rows of each file. What needs attention comes first, in each file and among the files. Conditions stay together,
/// whatever their files: they are about one suite.
pub(super) fn by_file(mut cases: Vec<CaseView<'_>>) -> Vec<FileRows<'_>> {
    cases.sort_by_key(CaseView::rank);
    let apart = cases.iter().all(|case| case.condition.is_none());
    let apart = apart && cases.windows(2).any(|pair| pair[0].file != pair[1].file);
    let mut files: Vec<FileRows<'_>> = Vec::new();
    for case in cases {
        let file = apart.then_some(case.file);
        match files.iter_mut().find(|known| known.file == file) {
            Some(known) => known.cases.push(case),
            None => files.push(FileRows { file, counts: String::new(), cases: vec![case] }),
        }
    }
    for file in &mut files {
        file.counts = counts(&file.cases);
    }
    files
}

/// In the order of the rows: what needs attention first.
fn counts(cases: &[CaseView<'_>]) -> String {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for case in cases {
        match counted.iter_mut().find(|(word, _)| *word == case.word()) {
            Some((_, count)) => *count += 1,
            None => counted.push((case.word(), 1)),
        }
    }
    let counted: Vec<String> = counted.into_iter().map(|(word, count)| format!("{count} {word}")).collect();
    format!("{}: {}", plural(cases.len(), "case"), counted.join(", "))
}
