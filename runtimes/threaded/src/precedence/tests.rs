//! A leader that is short of turns, by having none at all.

use super::*;
use crate::crew::Seat;
use std::{io, net::TcpStream, thread};

const ROOM: usize = 2 * CROWD;

/// A listener, and who leads there with so many seats taken.
fn led(seats: usize) -> io::Result<(Arc<TcpListener>, Precedence, Vec<Seat>)> {
    let listener = Arc::new(TcpListener::bind("127.0.0.1:0")?);
    let crew = Arc::default();
    let precedence = Precedence::new(&crew, ROOM, &listener);
    let seats = (0..seats).map(|_| Seat::take(&crew)).collect();
    precedence.leads();
    precedence.begins_a_turn();
    Ok((listener, precedence, seats))
}

/// A client who knocks, once it can be heard.
fn client(listener: &TcpListener) -> io::Result<TcpStream> {
    let client = TcpStream::connect(listener.local_addr()?)?;
    until(|| knocks_at(listener));
    Ok(client)
}

fn until(is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(Instant::now() < deadline, "it does not happen");
        thread::yield_now();
    }
}

/// Whether a look has conversations wait.
fn closes(precedence: &Precedence) -> bool {
    precedence.look();
    let closed = precedence.gate.is_closed();
    precedence.has_caught_up();
    closed
}

#[test]
fn conversations_wait_for_a_leader_without_a_turn_while_a_client_knocks() -> io::Result<()> {
    let (listener, precedence, _seats) = led(CROWD)?;
    assert!(!closes(&precedence), "nobody knocks");
    let _client = client(&listener)?;
    assert!(closes(&precedence));
    precedence.has_a_turn();
    assert!(!closes(&precedence), "it has had one");
    precedence.is_away();
    assert!(!closes(&precedence), "nobody leads");
    precedence.leads();
    assert!(closes(&precedence));
    listener.accept()?;
    assert!(!closes(&precedence), "it has caught up");
    Ok(())
}

#[test]
fn a_few_do_not_wait_and_nobody_does_where_there_is_no_room() -> io::Result<()> {
    for (seats, wait) in [(CROWD - 1, false), (CROWD, true), (ROOM, true), (ROOM + 1, false)] {
        let (listener, precedence, _seats) = led(seats)?;
        let _client = client(&listener)?;
        assert_eq!(closes(&precedence), wait, "{seats}");
    }
    Ok(())
}

#[test]
fn whoever_waits_goes_on_when_the_leader_has_caught_up_or_is_away() -> io::Result<()> {
    for go_on in [Precedence::has_caught_up, Precedence::is_away] {
        let (listener, precedence, _seats) = led(CROWD)?;
        let _client = client(&listener)?;
        let began = Instant::now();
        thread::scope(|scope| {
            scope.spawn(|| precedence.give_way(began));
            until(|| precedence.gate.is_closed());
            go_on(&precedence);
        });
        assert!(!precedence.gate.is_closed());
    }
    Ok(())
}

#[test]
fn nobody_looks_before_the_leader_has_found_a_crowd() -> io::Result<()> {
    let (_listener, precedence, mut seats) = led(CROWD - 1)?;
    seats.push(Seat::take(&precedence.crew));
    let now = Instant::now();
    precedence.give_way(now);
    assert!(precedence.office.is_due(now), "nobody has");
    precedence.begins_a_turn();
    let later = now + Duration::from_secs(1);
    precedence.give_way(later);
    assert!(!precedence.office.is_due(later), "it has been seen to");
    Ok(())
}

#[test]
fn who_has_waited_for_long_goes_on_and_has_nobody_wait_for_as_long() -> io::Result<()> {
    let (listener, precedence, _seats) = led(CROWD)?;
    let _client = client(&listener)?;
    let began = Instant::now();
    precedence.give_way(began);
    let ended = Instant::now();
    assert!(ended >= began + LONGEST);
    precedence.give_way(ended);
    assert!(!precedence.gate.is_closed());
    Ok(())
}
