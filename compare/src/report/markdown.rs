//! The report for a README.

use super::rows::{self, Column};
use super::{Report, warnings};

/// The report as GitHub-flavoured Markdown: all columns, figures aligned to the right.
pub fn markdown(report: &Report) -> String {
    let mut out = String::new();
    for pieces in rows::heading(report) {
        let escaped: Vec<String> = pieces.iter().map(|piece| escape(piece)).collect();
        out.push_str(&escaped.join(" · "));
        // Two blanks: a line break inside the paragraph.
        out.push_str("  \n");
    }
    for &mode in &report.modes {
        let title = rows::title(mode);
        out.push_str(&format!("\n**{title}**\n\n"));
        table(&mut out, &rows::columns(report, mode));
    }
    let warnings = warnings::warnings(report);
    if !warnings.is_empty() {
        out.push('\n');
    }
    for warning in warnings {
        out.push_str(&format!("- {}\n", escape(&warning)));
    }
    out
}

fn table(out: &mut String, columns: &[Column]) {
    let mut line = |cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<String> = cells.collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    };
    line(&mut columns.iter().map(|column| column.head.to_owned()));
    let alignment = |index| if index == 0 { ":---" } else { "---:" };
    line(&mut (0..columns.len()).map(|index| alignment(index).to_owned()));
    for row in 0..columns.first().map_or(0, |column| column.cells.len()) {
        line(&mut columns.iter().filter_map(|column| column.cells.get(row)).map(|cell| escape(cell)));
    }
}

/// Keeps names and paths from becoming markup.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '*' | '_' | '`' | '<' | '[' | ']') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
