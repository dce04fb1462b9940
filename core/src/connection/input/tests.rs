use super::{
    buffer::{FIRST, KEPT, LENT},
    large::{LARGE, MOST},
    *,
};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The large buffers are the process's, and so is who uses them up.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An uploader that has more ready than a read takes. How much of it the next reads take.
fn pieces<const N: usize>(input: &mut Input) -> [usize; N] {
    std::array::from_fn(|_| {
        input.clear();
        input.read_from(&mut io::repeat(b'x'), true);
        input.bytes.len()
    })
}

/// On a thread whose own buffers are of full size.
fn quick() -> Input {
    let mut input = Input::default();
    pieces::<3>(&mut input);
    input
}

fn lent_buffers() -> usize {
    LENT.with_borrow(|lent| lent.iter().filter(|buffer| !buffer.is_unique()).count())
}

fn read_all(input: &mut Input, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        input.read_from(&mut bytes, false);
    }
}

#[test]
fn an_input_that_waits_holds_no_shared_buffer() {
    for length in [0, 1, COPIED, COPIED + 1, BUFFER] {
        let mut input = Input::default();
        read_all(&mut input, &vec![b'x'; length]);
        input.skip(length / 2);
        input.let_go();
        assert_eq!(lent_buffers(), 0, "after {length} bytes");
        assert_eq!(input.bytes.len(), length - length / 2);
    }
}

#[test]
fn a_buffer_with_a_slice_about_is_not_used_again() {
    let mut input = Input::default();
    let mut held = Vec::new();
    for round in 0..2 * KEPT as u8 {
        read_all(&mut input, &vec![round; BUFFER]);
        held.push(input.bytes.slice(10..20));
        input.skip(BUFFER);
    }
    for (round, slice) in held.iter().enumerate() {
        assert_eq!(slice[..], [round as u8; 10]);
    }
    assert!(lent_buffers() <= KEPT, "the longest held are forgotten, not kept");
}

#[test]
fn a_read_goes_behind_what_is_left_of_the_last() {
    let mut input = Input::default();
    let whole: Vec<u8> = (0..3 * BUFFER).map(|n| n as u8).collect();
    let mut source = whole.as_slice();
    while !source.is_empty() {
        input.read_from(&mut source, false);
    }
    assert_eq!(input.bytes, whole);
}

#[test]
fn a_read_tells_what_it_found() {
    let mut input = Input::default();
    assert_eq!(input.read_from(&mut [b'x'; BUFFER].as_slice(), false), Readiness::More);
    assert_eq!(input.read_from(&mut [b'x'].as_slice(), false), Readiness::Exhausted);
    assert!(input.progressed > 0 && !input.ended);
    assert_eq!(input.read_from(&mut io::empty(), false), Readiness::Exhausted);
    assert!(input.ended);
}

#[test]
fn a_thread_has_a_larger_buffer_once_it_has_filled_a_small_one() {
    let mut input = Input::default();
    let bytes = vec![b'x'; BUFFER];
    assert_eq!(input.read_from(&mut &bytes[..FIRST - 1], false), Readiness::Exhausted);
    for size in [FIRST, ROOM, BUFFER, BUFFER] {
        input.clear();
        assert_eq!(input.read_from(&mut &bytes[..], false), Readiness::More);
        assert_eq!(input.bytes.len(), size);
    }
}

#[test]
fn a_quick_upload_gets_a_large_buffer() {
    let _alone = alone();
    let mut input = quick();
    assert_eq!(pieces(&mut input), [LARGE; 3]);
    // A rest that is not longer than a usual buffer, or the next request.
    input.clear();
    input.read_from(&mut io::repeat(b'x'), false);
    assert_eq!(input.bytes.len(), BUFFER);
    input.clear();
    input.read_from(&mut [b'x'; BUFFER - 1].as_slice(), true);
    assert_eq!(pieces(&mut input), [BUFFER, LARGE], "it was slow, and is quick again");
}

#[test]
fn a_large_read_goes_behind_what_is_left_of_the_last() {
    let _alone = alone();
    let mut input = quick();
    input.skip(input.bytes.len() - 3);
    input.read_from(&mut io::repeat(b'y'), true);
    assert_eq!(input.bytes.len(), LARGE);
    assert!(input.bytes.starts_with(b"xxxy") && input.bytes.ends_with(b"y"));
    // More than it could take.
    input.read_from(&mut io::repeat(b'z'), true);
    assert_eq!(input.bytes.len(), LARGE + ROOM);
}

#[test]
fn all_threads_share_a_few_large_buffers() {
    let _alone = alone();
    let inputs: Vec<Input> = (0..2 * MOST)
        .map(|_| {
            let uploading = std::thread::spawn(|| {
                let mut input = quick();
                pieces::<1>(&mut input);
                input
            });
            uploading.join().unwrap()
        })
        .collect();
    let large = inputs.iter().filter(|input| input.bytes.len() == LARGE).count();
    assert_eq!(large, MOST, "whoever comes late has to do with small ones");
    assert!(inputs.iter().all(|input| [BUFFER, LARGE].contains(&input.bytes.len())));
    drop(inputs);
    assert_eq!(pieces(&mut quick()), [LARGE]);
}

#[test]
fn a_large_buffer_that_nothing_was_read_into_is_free_again() {
    struct Panics;
    impl Read for Panics {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("this is part of the test");
        }
    }
    let _alone = alone();
    for _ in 0..=MOST {
        quick().read_from(&mut io::empty(), true);
        let mut input = quick();
        let panicked =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| input.read_from(&mut Panics, true)));
        assert!(panicked.is_err());
        assert_eq!(pieces(&mut quick()), [LARGE]);
    }
}

#[test]
fn buffers_that_are_given_back_are_small_again_and_take_nothing_from_who_reads() {
    let mut input = quick();
    input.clear();
    read_all(&mut input, &[b'x'; BUFFER]);
    let held = input.bytes.clone();
    input.clear();
    release_buffers();
    assert_eq!(held, [b'x'; BUFFER][..]);
    assert_eq!(LENT.with_borrow(Vec::len), 0);
    assert_eq!(buffer::Buffer::take(0, false).memory().len(), FIRST);
}
