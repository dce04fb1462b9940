//! A small app and its tests, which need no port, no thread and no patience: `cargo test --example testing`.
//!
//! `docs/guide/testing.md` tells the rest.

use polyserve::{Body, Json, Query, Router, StatusCode, handler, routes, runtime, time::sleep};
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Deserialize)]
struct Wanted {
    minutes: u64,
}

#[derive(Serialize)]
struct Egg {
    boiled_for: u64,
}

/// Boils an egg, which takes its time.
#[handler(POST, "/eggs")]
async fn boil(Query(wanted): Query<Wanted>) -> Result<Json<Egg>, (StatusCode, &'static str)> {
    if wanted.minutes > 10 {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "nobody likes an egg like that"));
    }
    sleep(Duration::from_secs(60 * wanted.minutes)).await;
    Ok(Json(Egg { boiled_for: wanted.minutes }))
}

/// Tells the minutes.
#[handler(GET, "/timer/{minutes}")]
fn timer(minutes: u64) -> Body {
    Body::stream(move |mut out| async move {
        for left in (1..=minutes).rev() {
            out.send(format!("{left} min\n")).await;
            sleep(Duration::from_secs(60)).await;
        }
        out.send("ding\n").await;
        Ok(())
    })
}

fn app() -> Router {
    routes![boil, timer]
}

fn main() -> polyserve::Result {
    runtime::threaded::serve("127.0.0.1:8000", app())
}

#[cfg(test)]
mod tests {
    use super::app;
    use polyserve::testing::Client;
    use serde_json::json;
    use std::time::Duration;

    const MINUTE: Duration = Duration::from_secs(60);

    /// A client that an egg is worth waiting for.
    fn client() -> Client {
        Client::new(app()).timeouts(|timeouts| timeouts.handler = 15 * MINUTE)
    }

    #[test]
    fn an_egg_is_boiled_for_as_long_as_was_asked() {
        let client = client();
        let egg = client.post("/eggs").query(&[("minutes", 4)]).send();
        egg.assert_status(200).assert_json(&json!({"boiled_for": 4}));
        assert_eq!(client.elapsed(), 4 * MINUTE);
    }

    #[test]
    fn an_egg_that_nobody_likes_is_refused_at_once() {
        let client = client();
        client.post("/eggs?minutes=11").send().assert_status(422).assert_contains("nobody likes");
        client.post("/eggs?minutes=soft").send().assert_status(400);
        assert_eq!(client.elapsed(), Duration::ZERO);
    }

    #[test]
    fn three_eggs_fit_into_the_pot() {
        let client = client();
        let eggs =
            client.together([3, 5, 4].map(|minutes| client.post("/eggs").query(&[("minutes", minutes)])));
        for egg in &eggs {
            egg.assert_status(200);
        }
        assert_eq!(client.elapsed(), 5 * MINUTE);
    }

    #[test]
    fn a_usual_server_gives_up_after_a_minute() {
        Client::new(app()).post("/eggs?minutes=2").send().assert_status(503);
    }

    #[test]
    fn the_timer_tells_the_minutes_as_they_pass() {
        let client = client();
        let mut timer = client.get("/timer/2").start();
        assert_eq!(timer.next_chunk().unwrap(), "2 min\n");
        assert_eq!(client.elapsed(), Duration::ZERO);
        assert_eq!(timer.next_chunk().unwrap(), "1 min\n");
        assert_eq!(client.elapsed(), MINUTE);
        timer.response().assert_text("2 min\n1 min\nding\n");
    }
}
