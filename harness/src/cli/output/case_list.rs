//! The cases that a run has or would have, one a line.

use crate::cli::output::console::Console;
use crate::cli::output::output_error::OutputError;
use crate::report::Styles;
use crate::scenario::Case;

/// Writes the id, title and tags of each case to stdout.
///
/// # Errors
/// If stdout cannot be written to.
pub(crate) fn write(cases: &[Case], console: &mut Console<'_>) -> Result<(), OutputError> {
    let Styles { path, dim, .. } = Styles::new(console.terminal.color_out);
    let longest = cases.iter().map(|case| case.id.len()).max().unwrap_or(0);
    for case in cases {
        let tags: String = case.tags.iter().map(|tag| format!(" #{tag}")).collect();
        writeln!(console.out, "{path}{:longest$}{path:#}  {}{dim}{tags}{dim:#}", case.id, case.title)?;
    }
    Ok(())
}
