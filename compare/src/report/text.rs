//! The report for a terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::rows::{self, Column};
use super::{Report, warnings};

/// Blanks between two columns.
const GAP: u16 = 2;

/// The report as plain text for a terminal of that many columns.
///
/// All columns need about 100; a narrower terminal gets the most important ones that fit, and never less than the name,
/// rate, median, p99, maximum and errors. What goes wrong or misleads follows below the tables.
pub fn text(report: &Report, width: u16) -> String {
    let mut out = String::new();
    for pieces in rows::heading(report) {
        wrap(&mut out, &pieces, " · ", usize::from(width), "");
    }
    for &mode in &report.modes {
        out.push('\n');
        out.push_str(rows::title(mode));
        out.push('\n');
        table(&mut out, fit(rows::columns(report, mode), width));
    }
    let warnings = warnings::warnings(report);
    if !warnings.is_empty() {
        out.push('\n');
    }
    for warning in warnings {
        let mut words: Vec<String> = warning.split_whitespace().map(str::to_owned).collect();
        if let Some(first) = words.first_mut() {
            first.insert_str(0, "! ");
        }
        wrap(&mut out, &words, " ", usize::from(width), "  ");
    }
    out
}

/// Leaves out columns until the rest fits.
fn fit(mut columns: Vec<Column>, width: u16) -> Vec<Column> {
    let mut rank = 1;
    let last = columns.iter().map(|column| column.drop_rank).max().unwrap_or(0);
    while total_width(&columns) > usize::from(width) && rank <= last {
        columns.retain(|column| column.drop_rank != rank);
        rank += 1;
    }
    columns
}

fn total_width(columns: &[Column]) -> usize {
    let cells = columns.iter().map(|column| {
        let widest = column.cells.iter().map(|cell| cell.chars().count()).max();
        widest.unwrap_or(0).max(column.head.chars().count())
    });
    cells.sum::<usize>() + usize::from(GAP) * columns.len().saturating_sub(1)
}

fn table(out: &mut String, columns: Vec<Column>) {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(columns.iter().map(|column| column.head));
    for row in 0..columns.first().map_or(0, |column| column.cells.len()) {
        table.add_row(columns.iter().filter_map(|column| column.cells.get(row)));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        if index == 0 {
            column.set_padding((0, 0));
        } else {
            column.set_padding((GAP, 0));
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for line in table.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// Puts as many pieces on a line as fit.
fn wrap(out: &mut String, pieces: &[String], separator: &str, width: usize, indent: &str) {
    let mut used = 0;
    for (index, piece) in pieces.iter().enumerate() {
        let length = piece.chars().count();
        let separator_length = separator.chars().count();
        if index > 0 && used + separator_length + length > width {
            out.push('\n');
            out.push_str(indent);
            used = indent.len();
        } else if index > 0 {
            out.push_str(separator);
            used += separator_length;
        }
        out.push_str(piece);
        used += length;
    }
    out.push('\n');
}
