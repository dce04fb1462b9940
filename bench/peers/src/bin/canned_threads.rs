//! A thread for each connection, and canned answers: the limit of every server that is built so.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use polyserve_bench_peers::canned::{Purpose, Shape};
use polyserve_bench_peers::{WAIT, address};

/// Half a thread's pages, so that 10 000 of them are no matter.
const STACK: usize = 64 * 1024;
/// Bytes read at once.
const BUFFER: usize = 16 * 1024;

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
        return echo(stream, buffer, filled, shape);
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

/// Every piece goes back as it comes.
fn echo(mut stream: TcpStream, mut buffer: [u8; BUFFER], mut filled: usize, shape: Shape) -> io::Result<()> {
    let answer = shape.echo_head();
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
            let most = left.min(BUFFER);
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
