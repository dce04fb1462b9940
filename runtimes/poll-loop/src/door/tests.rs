use super::*;
use crate::event_loop::LISTENER;
use mio::{Events, Poll};
use std::{net, time::Duration};

const SOON: Duration = Duration::from_secs(10);

/// A door, and whoever knocks at it.
struct Street {
    poll: Poll,
    door: Door,
    addr: SocketAddr,
    /// Another descriptor of the listener, as whoever handed it in may have.
    other: net::TcpListener,
    now: Instant,
}

impl Street {
    fn new() -> Street {
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (addr, other) = (listener.local_addr().unwrap(), listener.try_clone().unwrap());
        let poll = Poll::new().unwrap();
        let door = Door::new(TcpListener::from_std(listener), poll.registry()).unwrap();
        Street { poll, door, addr, other, now: Instant::now() }
    }

    fn knock(&self) -> net::TcpStream {
        net::TcpStream::connect(self.addr).unwrap()
    }

    fn is_told_within(&mut self, time: Duration) -> bool {
        let mut events = Events::with_capacity(4);
        self.poll.poll(&mut events, Some(time)).unwrap();
        events.iter().any(|event| event.token() == LISTENER)
    }

    fn admits(&mut self, room: bool) -> bool {
        self.door.admit(room, self.now, self.poll.registry()).is_some()
    }
}

#[test]
fn where_there_is_no_room_the_loop_is_told_of_nobody_until_one_leaves() {
    let mut street = Street::new();
    let _waits = street.knock();
    assert!(street.is_told_within(SOON));
    assert!(!street.admits(false));
    let _waits_too = street.knock();
    assert!(!street.is_told_within(Duration::ZERO));
    assert_eq!(street.door.look_again_at(), None);

    street.door.one_left(street.now);
    assert_eq!(street.door.look_again_at(), Some(street.now));
    assert_eq!(street.door.may_enter(false, street.now), usize::MAX);
    // Who knocked meanwhile comes in, and nobody is looked for before the kernel tells of them.
    assert!(street.admits(true));
    while street.admits(true) {}
    assert_eq!(street.door.look_again_at(), None);
    let _comes = street.knock();
    assert!(street.is_told_within(SOON));
    assert!(street.admits(true));
}

#[test]
fn when_the_door_is_closed_the_loop_is_told_of_nobody_though_others_listen() {
    let mut street = Street::new();
    let _waits = street.knock();
    assert!(street.is_told_within(SOON));
    street.door.close(street.now, street.poll.registry());
    assert!(!street.is_told_within(Duration::ZERO));
    assert!(!street.door.is_open());
    // Nor does it look for anybody.
    street.door.one_left(street.now);
    assert_eq!(street.door.look_again_at(), None);
    assert!(!street.admits(true));
    street.other.accept().unwrap();
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[test]
fn who_waits_for_another_turn_is_told_of_again() {
    let mut street = Street::new();
    let _clients = [street.knock(), street.knock()];
    for _ in 0..2 {
        assert!(street.is_told_within(SOON));
        assert_eq!(street.door.may_enter(true, street.now), 1);
        assert!(street.admits(true));
        // A turn in which nobody knocked.
        street.door.may_enter(false, street.now);
    }
    assert!(!street.is_told_within(Duration::ZERO));
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[test]
fn twice_as_many_come_in_in_each_turn_until_there_are_no_more() {
    let mut street = Street::new();
    let now = street.now;
    let mut turns = |knocks: &[bool]| -> Vec<usize> {
        knocks.iter().map(|knocked| street.door.may_enter(*knocked, now)).collect()
    };
    assert_eq!(turns(&[true; 4]), [1, 2, 4, 8]);
    assert_eq!(turns(&[false, true, true]), [0, 1, 2]);
    assert_eq!(turns(&[true; 12])[9..], [1024; 3]);
    assert!(!street.admits(true));
    assert_eq!(street.door.may_enter(true, now), 1);
}
