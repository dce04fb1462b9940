//! The report for a README.

use super::rows::{self, Column};
use super::{Report, verdicts, warnings};

/// The report as GitHub-flavoured Markdown: all columns, figures aligned to the right.
pub fn markdown(report: &Report) -> String {
    let mut out = String::new();
    for pieces in rows::heading(report) {
        let escaped: Vec<String> = pieces.iter().map(|piece| escape(piece)).collect();
        out.push_str(&escaped.join(" · "));
        // Two blanks: a line break inside the paragraph.
        out.push_str("  \n");
    }
    for (connections, mode) in report.tables() {
        let title = rows::title(report, connections, mode);
        out.push_str(&format!("\n**{title}**\n\n"));
        columns(&mut out, &rows::client_side(report, connections, mode));
        out.push_str(&format!("\n{}\n\n", rows::server_side_title(report)));
        columns(&mut out, &rows::server_side(report, connections, mode));
        for (at, line) in verdicts::lines(report, connections, mode).iter().enumerate() {
            let space = if at == 0 { "\n" } else { "" };
            out.push_str(&format!("{space}- {}: {}\n", line.word, escape(&line.text)));
        }
    }
    if report.connections.len() > 1 {
        for &mode in &report.modes {
            let (head, cells) = rows::sweep(report, mode);
            out.push_str(&format!("\n**{mode}**\n\n"));
            table(&mut out, &head, &cells);
        }
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

fn columns(out: &mut String, columns: &[Column]) {
    let head: Vec<String> = columns.iter().map(|column| column.head.to_owned()).collect();
    let row = |row| columns.iter().filter_map(|column| column.cells.get(row)).cloned().collect();
    let rows: Vec<Vec<String>> =
        (0..columns.first().map_or(0, |column| column.cells.len())).map(row).collect();
    table(out, &head, &rows);
}

fn table(out: &mut String, head: &[String], rows: &[Vec<String>]) {
    let mut line = |cells: Vec<String>| out.push_str(&format!("| {} |\n", cells.join(" | ")));
    line(head.to_vec());
    let alignment = |index| if index == 0 { ":---" } else { "---:" };
    line((0..head.len()).map(|index| alignment(index).to_owned()).collect());
    for row in rows {
        line(row.iter().map(|cell| escape(cell)).collect());
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
