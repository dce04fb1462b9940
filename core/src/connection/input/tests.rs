use super::*;

fn lent_buffers() -> usize {
    LENT.with_borrow(|lent| lent.iter().filter(|buffer| !buffer.is_unique()).count())
}

fn read_all(input: &mut Input, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        input.read_from(&mut bytes);
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
        input.read_from(&mut source);
    }
    assert_eq!(input.bytes, whole);
}

#[test]
fn a_read_tells_what_it_found() {
    let mut input = Input::default();
    assert_eq!(input.read_from(&mut [b'x'; BUFFER].as_slice()), Readiness::More);
    assert_eq!(input.read_from(&mut [b'x'].as_slice()), Readiness::Exhausted);
    assert!(input.progressed > 0 && !input.ended);
    assert_eq!(input.read_from(&mut io::empty()), Readiness::Exhausted);
    assert!(input.ended);
}

#[test]
fn a_thread_has_a_larger_buffer_once_it_has_filled_a_small_one() {
    let mut input = Input::default();
    let bytes = vec![b'x'; BUFFER];
    assert_eq!(input.read_from(&mut &bytes[..FIRST - 1]), Readiness::Exhausted);
    for size in [FIRST, ROOM, BUFFER, BUFFER] {
        input.clear();
        assert_eq!(input.read_from(&mut &bytes[..]), Readiness::More);
        assert_eq!(input.bytes.len(), size);
    }
}
