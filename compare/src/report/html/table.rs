//! The figures of both sides, a row for each contender; a heading that is chosen sorts.

use maud::{Markup, html};

use super::rows::{self, Column};
use super::{View, units};

pub(super) fn of(view: &View<'_>) -> Markup {
    let (report, connections, mode) = (view.report, view.connections, view.mode);
    html! {
        (side(view, "clients’ side", &rows::client_side(report, connections, mode)))
        (side(view, rows::server_side_title(report), &rows::server_side(report, connections, mode)))
    }
}

fn side(view: &View<'_>, caption: &str, columns: &[Column]) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label=(caption) {
            table.sortable {
                caption { (caption) }
                thead { tr { @for column in columns { th scope="col" { (column.head) } } } }
                tbody {
                    @for (row, (series, run)) in view.rows().enumerate() {
                        tr data-r=(series.0) data-sort=(row) tabindex="0" {
                            th scope="row" { (series.key()) (run.contender) }
                            @for column in columns.iter().skip(1) {
                                @let cell = column.cells.get(row).map(String::as_str).unwrap_or_default();
                                td data-sort=[units::magnitude(cell)] { (cell) }
                            }
                        }
                    }
                }
            }
        }
    }
}
