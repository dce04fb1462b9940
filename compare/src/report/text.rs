//! The report for a terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::rows::{self, Column};
use super::verdicts::{self, Line};
use super::{Report, warnings};

/// Blanks between two columns.
const GAP: u16 = 2;

/// The report as plain text for a terminal of that many columns.
///
/// All columns need about 100; a narrower terminal gets the most important ones that fit, and never less than the name,
/// rate, median, p99, maximum and errors. What follows from a table stands below it, what goes wrong or misleads at the
/// end.
pub fn text(report: &Report, width: u16) -> String {
    let mut out = String::new();
    if report.interrupted {
        out.push_str("INTERRUPTED: these are the rounds that were over\n");
    }
    for pieces in rows::heading(report) {
        wrap(&mut out, &pieces, " · ", usize::from(width), "");
    }
    for (connections, mode) in report.tables() {
        out.push('\n');
        out.push_str(&rows::title(report, connections, mode));
        out.push('\n');
        table(&mut out, fit(rows::client_side(report, connections, mode), width));
        out.push('\n');
        let words: Vec<String> = rows::server_side_title(report).split(' ').map(str::to_owned).collect();
        wrap(&mut out, &words, " ", usize::from(width), "");
        table(&mut out, fit(rows::server_side(report, connections, mode), width));
        let lines = verdicts::lines(report, connections, mode);
        if !lines.is_empty() {
            out.push('\n');
        }
        lines.iter().for_each(|line| verdict(&mut out, line, width));
    }
    if report.connections.len() > 1 {
        for &mode in &report.modes {
            let (head, cells) = rows::sweep(report, mode);
            out.push_str(&format!("\n{mode}\n"));
            draw(&mut out, &head, &cells);
        }
    }
    if let Some(next) = verdicts::next(report) {
        out.push('\n');
        verdict(&mut out, &next, width);
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

/// A word in a column of its own, and what it is said of.
fn verdict(out: &mut String, line: &Line, width: u16) {
    const INDENT: &str = "              ";
    let mut words: Vec<String> = line.text.split(' ').map(str::to_owned).collect();
    if let Some(first) = words.first_mut() {
        first.insert_str(0, &format!("{:<14}", line.word));
    }
    wrap(out, &words, " ", usize::from(width), INDENT);
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
    let head: Vec<&str> = columns.iter().map(|column| column.head).collect();
    let row = |row| columns.iter().filter_map(|column| column.cells.get(row)).collect::<Vec<_>>();
    let rows: Vec<_> = (0..columns.first().map_or(0, |column| column.cells.len())).map(row).collect();
    draw(out, &head, &rows);
}

fn draw(out: &mut String, head: &[impl ToString], rows: &[Vec<impl ToString>]) {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(head.iter().map(ToString::to_string));
    for row in rows {
        table.add_row(row.iter().map(ToString::to_string));
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
