//! How contenders are told apart: by colour, by the dashes of their lines and by the shape of their marks, so that neither
//! a greyscale printer nor an eye that sees few colours mixes them up.

use maud::{Markup, html};

use super::plot::px;

/// Colours, dashes and shapes there are; further contenders begin again.
const STYLES: usize = 8;

/// A contender's place in the report, which decides how it is drawn everywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Series(pub(super) usize);

impl Series {
    /// `r` is who it is, for the highlight; `k` is how it looks.
    pub(super) fn class(self) -> String {
        format!("series r{} k{}", self.0, self.0 % STYLES)
    }

    /// The mark around this place.
    pub(super) fn mark(self, x: f64, y: f64) -> Markup {
        // Each about as large as a circle of radius 4.
        let d = match self.0 % STYLES {
            0 => "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
            1 => "m-3.6 -3.6h7.2v7.2h-7.2z",
            2 => "m0 -4.8l4.6 8h-9.2z",
            3 => "m0 -5l5 5l-5 5l-5 -5z",
            4 => "m0 4.8l4.6 -8h-9.2z",
            5 => "m-1.5 -4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
            6 => "m-4.5 -2h9v4h-9z",
            _ => "m-2 -4.5h4v9h-4z",
        };
        html! { path class="mark" d=(format!("M{} {}{d}", px(x), px(y))) {} }
    }

    /// The contender's line and mark, as they stand in a legend or beside a name.
    pub(super) fn key(self) -> Markup {
        html! {
            svg class=(format!("key {}", self.class())) viewBox="0 0 30 12" aria-hidden="true" {
                path class="line" d="M0 6H30" {}
                (self.mark(15.0, 6.0))
            }
        }
    }
}

/// Names and how they are drawn. Pointing at one, or going there with the keyboard, makes the others pale everywhere.
pub(super) fn legend(names: &[(Series, &str)]) -> Markup {
    html! {
        ul.legend {
            @for (series, name) in names {
                li tabindex="0" data-r=(series.0) { (series.key()) (name) }
            }
        }
    }
}

/// The rules of the highlight, one for each contender: style sheets cannot count.
pub(super) fn highlight(contenders: usize) -> String {
    let rule = |n: usize| {
        format!(
            "main:has([data-r=\"{n}\"]:is(:hover,:focus)) .series:not(.r{n}),\
             main:has([data-r=\"{n}\"]:is(:hover,:focus)) [data-r]:not([data-r=\"{n}\"]){{opacity:.2}}\n"
        )
    };
    (0..contenders).map(rule).collect()
}
