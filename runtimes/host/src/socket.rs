//! A client's socket as a connection reads and writes it.

use rustix::net::{RecvFlags, SendFlags, recv, send};
use std::{
    io::{self, IoSlice, Read, Write},
    os::fd::AsFd,
};

/// A peer that has gone is an error, and not a signal.
#[cfg(not(target_vendor = "apple"))]
const QUIETLY: SendFlags = SendFlags::NOSIGNAL;
/// Apple's systems have no such flag; Rust's runtime ignores the signal there as everywhere.
#[cfg(target_vendor = "apple")]
const QUIETLY: SendFlags = SendFlags::empty();

/// A socket, read and written straight from the kernel: libc's `recv` and `send` prepare for a thread that is cancelled in
/// them, which no thread here is.
#[derive(Debug)]
pub struct Socket<'a, S>(pub &'a S);

impl<S: AsFd> Read for Socket<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(recv(self.0, buffer, RecvFlags::empty())?.0)
    }
}

impl<S: AsFd> Write for Socket<'_, S> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        Ok(send(self.0, buffer, QUIETLY)?)
    }

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        // Rust's runtime ignores the signal, so this is an error as well, as with std's sockets.
        Ok(rustix::io::writev(self.0, buffers)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
