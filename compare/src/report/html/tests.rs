//! The page that is made of a report nobody measured.

use super::*;
use crate::report::tests::{assert_is, report};

/// Elements without an end tag.
const VOID: [&str; 1] = ["meta"];

/// Every tag of the page, without its angle brackets; the contents of scripts and styles are none.
fn tags(page: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').expect("a tag ends") + at;
        let tag = &rest[at + 1..end];
        tags.push(tag);
        rest = &rest[end + 1..];
        for raw in ["script", "style"] {
            if tag.split(' ').next() == Some(raw) {
                let close = rest.find(&format!("</{raw}>")).expect("what is raw ends");
                rest = &rest[close..];
            }
        }
    }
    tags
}

/// The values of an attribute.
fn values<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let tags = tags(page);
    tags.iter().filter_map(|tag| tag.split_once(&start)?.1.split('"').next()).collect()
}

fn sweep() -> Report {
    let mut report = report();
    report.connections = vec![10, 100];
    let more: Vec<Run> = report.runs.iter().map(|run| Run { connections: 100, ..run.clone() }).collect();
    report.runs.extend(more);
    report
}

#[test]
fn every_element_that_begins_ends_in_its_place() {
    for page in [html(&report()).unwrap(), html(&sweep()).unwrap()] {
        let mut open: Vec<&str> = Vec::new();
        for tag in tags(&page).into_iter().filter(|tag| !tag.starts_with('!')) {
            let name = tag.split(' ').next().unwrap();
            match name.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{open:?}"),
                None if VOID.contains(&name) => {}
                None => open.push(name),
            }
        }
        assert_eq!(open, [""; 0]);
    }
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let page = html(&sweep()).unwrap();
    for words in ["http://", "https://", "@import", " src="] {
        assert!(!page.contains(words), "{words}");
    }
    assert_eq!(page.matches("url(").count(), page.matches("url(#").count());
    assert!(values(&page, "href").iter().all(|href| href.starts_with('#')));
    assert!(page.contains(POLICY));
}

#[test]
fn ids_are_unique_and_every_reference_has_its_target() {
    let page = html(&sweep()).unwrap();
    let mut ids = values(&page, "id");
    for reference in values(&page, "aria-labelledby") {
        assert!(ids.contains(&reference), "{reference}");
    }
    for href in values(&page, "href") {
        assert!(ids.contains(&&href[1..]), "{href}");
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn what_was_measured_stands_in_the_page_without_script() {
    let page = html(&report()).unwrap();
    let before_scripts = page.split("<script").next().unwrap();
    for part in [
        "<th scope=\"col\">p99</th>",
        "99.7</td>",
        "CPU/req",
        "10.0× (10.0 … 10.0) fewer requests than threaded",
        "1.0 of 10 requests at work at once; 9.0 clients on average waited in the kernel",
        "polyserve compare --path /hello_world",
        "! blocking",
    ] {
        // The exclamation mark of a warning is the style's.
        let part = part.trim_start_matches("! ");
        assert!(before_scripts.contains(part), "{part}\n{before_scripts}");
    }
}

#[test]
fn every_figure_has_a_caption_and_its_command() {
    let page = html(&sweep()).unwrap();
    let figures: Vec<&str> = page.split("<figure ").skip(1).collect();
    // Five drawings of each of the four tables, two curves for each of the two modes, two timelines, the states.
    assert_eq!(figures.len(), 4 * 5 + 2 * 2 + 2 + 1);
    for figure in figures {
        let figure = figure.split("</figure>").next().unwrap();
        for part in ["id=\"", "<svg ", "<figcaption>", "polyserve compare"] {
            assert!(figure.contains(part), "{part} is not in {figure}");
        }
        assert!(!figure.contains("NaN") && !figure.contains("inf"), "{figure}");
    }
}

/// A section of the page, a tag a line.
fn section(page: &str, name: &str) -> String {
    let section =
        page.split("<section").find(|section| section.contains(name)).expect("there is such a section");
    let section = section.split("</section>").next().unwrap();
    format!("<section{}\n</section>\n", section.replace("><", ">\n<"))
}

#[test]
fn the_timeline_of_a_report_nobody_measured() {
    assert_is("timeline.html", &section(&html(&report()).unwrap(), "id=\"timeline\""));
}

#[test]
fn the_states_of_a_report_nobody_measured() {
    assert_is("states.html", &section(&html(&report()).unwrap(), "id=\"states\""));
}

#[test]
fn every_request_that_is_drawn_has_its_times_as_text_and_one_of_each_block_can_be_tabbed_to() {
    let page = html(&report()).unwrap();
    for block in page.split("<figure id=\"timeline-").skip(1) {
        let block = block.split("</figure>").next().unwrap();
        let rows: Vec<&str> = block.split("<g class=\"request\" data-q=\"").skip(1).collect();
        assert_eq!(rows.len(), 2);
        for row in &rows {
            let id = row.split('"').next().unwrap();
            assert!(row.contains(&format!("aria-label=\"request {id}: ")), "{row}");
            assert!(block.contains(&format!("<tr data-q=\"{id}\">")), "{block}");
        }
        assert_eq!(block.matches("tabindex=\"0\" aria-label=\"request").count(), 1);
    }
}

#[test]
fn an_open_loop_has_a_dotted_curve_and_says_what_it_means() {
    let mut report = report();
    assert!(!html(&report).unwrap().contains("class=\"sent\""));
    for run in &mut report.runs {
        run.rounds.iter_mut().for_each(|round| round.histogram_from_send = Some(round.histogram.clone()));
    }
    let page = html(&report).unwrap();
    assert!(page.contains("class=\"sent\"") && page.contains("coordinated omission"));
}

#[test]
fn threads_are_drawn_where_their_number_changes() {
    let mut report = report();
    assert!(!html(&report).unwrap().contains("id=\"threads"));
    report.runs[1].rounds[0].samples[0].threads = Some(1);
    assert!(html(&report).unwrap().contains("id=\"threads-new\""));
}

#[test]
fn the_script_is_little() {
    let script = script();
    assert!(script.len() <= 8 * 1024, "{} bytes", script.len());
    assert!(!script.contains("//") && !script.contains("\n "), "{script}");
}

#[test]
fn what_others_have_named_becomes_no_markup() {
    let evil = "</script><img src=x onerror=alert(1)>\"'&";
    let mut report = report();
    report.path = evil.to_owned();
    report.command.push(evil.to_owned());
    report.environment.cpu = Some(evil.to_owned());
    report.contenders[0] = evil.to_owned();
    report.runs[0].contender = evil.to_owned();
    report.runs[0].first_connect_error = Some(evil.to_owned());
    let page = html(&report).unwrap();
    assert!(!page.contains("<img") && page.matches("</script>").count() == 2, "{page}");
}

#[test]
fn the_data_reads_back_from_the_page() {
    let report = report();
    let page = html(&report).unwrap();
    let data = page.split("id=\"run\">").nth(1).unwrap().split("</script>").next().unwrap();
    assert_eq!(crate::report::from_json(data).unwrap(), report);
}

#[test]
fn a_long_report_leaves_its_rounds_out_and_stays_small() {
    let mut report = sweep();
    for run in &mut report.runs {
        let rounds = run.rounds.clone();
        (0..20).for_each(|_| run.rounds.extend(rounds.clone()));
    }
    let whole = serde_json::to_string(&report).unwrap().len();
    assert!(whole > MOST, "{whole}");
    let page = html(&report).unwrap();
    assert!(page.len() < 400_000, "{}", page.len());
    assert!(page.contains("\"rounds\":[]"));
}

#[test]
fn a_report_without_answers_or_figures_is_a_page_all_the_same() {
    let mut report = report();
    for run in &mut report.runs {
        run.rounds.clear();
        run.ratio = None;
        run.server = crate::report::ServerCost::default();
    }
    report.timelines.clear();
    let page = html(&report).unwrap();
    assert!(page.contains("<table") && !page.contains("<figure"), "{page}");
}
