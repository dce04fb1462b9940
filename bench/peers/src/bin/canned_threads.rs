//! A thread for each connection, and canned answers: the limit of every server that is built so.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use polyserve_bench_peers::canned::{Purpose, Shape};
use polyserve_bench_peers::{PIECE, PIECES, WAIT, address};

/// Address space of a thread: it takes no more memory than is touched.
const STACK: usize = 64 * 1024;
/// Bytes read at once: one page, for it lies on the stack of every thread.
const BUFFER: usize = 4096;
/// Bytes of an echo that are read at once.
const ECHOED: usize = 64 * 1024;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind(address())?;
    loop {
        // An accept that fails concerns that client, or comes again with the next.
        if let Ok((stream, _)) = listener.accept() {
            thread::Builder::new().stack_size(STACK).spawn(move || serve(stream))?;
        }
    }
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = [0; BUFFER];
    let mut filled = 0;
    let shape = loop {
        match stream.read(&mut buffer[filled..])? {
            0 => return Ok(()),
            read => filled += read,
        }
        if let Some(shape) = Shape::of(&buffer[..filled]) {
            break shape;
        }
    };
    if shape.purpose == Purpose::Echo {
        return echo(stream, &buffer[..filled], shape);
    }
    let answer = shape.answer();
    let mut pipelined = Vec::new();
    loop {
        let requests = filled / shape.request();
        filled %= shape.request();
        if requests > 0 && shape.purpose == Purpose::Wait {
            thread::sleep(WAIT);
        }
        match requests {
            0 => {}
            // Streams are not pipelined.
            _ if shape.purpose == Purpose::Stream => {
                stream.write_all(&shape.long_head())?;
                (0..PIECES).try_for_each(|_| stream.write_all(&PIECE))?;
            }
            1 => stream.write_all(answer)?,
            many => {
                pipelined.clear();
                (0..many).for_each(|_| pipelined.extend_from_slice(answer));
                stream.write_all(&pipelined)?;
            }
        }
        if requests > 0 && shape.close {
            return Ok(());
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            read => filled += read,
        }
    }
}

/// Every piece goes back as it comes; `first` is the first request as far as it is there.
fn echo(mut stream: TcpStream, first: &[u8], shape: Shape) -> io::Result<()> {
    let answer = shape.long_head();
    let mut buffer = vec![0; ECHOED];
    let mut filled = first.len();
    buffer[..filled].copy_from_slice(first);
    loop {
        while filled < shape.head {
            match stream.read(&mut buffer[filled..])? {
                0 => return Ok(()),
                read => filled += read,
            }
        }
        stream.write_all(&answer)?;
        stream.write_all(&buffer[shape.head..filled])?;
        let mut left = shape.body.saturating_sub(filled - shape.head);
        while left > 0 {
            let most = left.min(ECHOED);
            match stream.read(&mut buffer[..most])? {
                0 => return Ok(()),
                read => {
                    stream.write_all(&buffer[..read])?;
                    left -= read;
                }
            }
        }
        if shape.close {
            return Ok(());
        }
        filled = 0;
    }
}
