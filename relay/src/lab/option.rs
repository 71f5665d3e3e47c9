//! Owns socket options: sets one and reads back what the kernel made of it.

use super::slot::Slot;
use protocol::command::SocketOption;
use protocol::reply::Value;
use protocol::wire::ALWAYS;
use protocol::{Done, Failure};
use socket2::{Socket, TcpKeepalive};
use std::io;
use std::time::Duration;

/// Sets an option; the value that the kernel reads back.
pub(super) fn set(slot: &Slot, option: SocketOption) -> io::Result<Done> {
    let socket = &slot.socket;
    let value = match option {
        SocketOption::ReuseAddress(on) => {
            socket.set_reuse_address(on)?;
            i64::from(socket.reuse_address()?)
        }
        SocketOption::ReusePort(on) => reuse_port(socket, on)?,
        SocketOption::SendBuffer(bytes) => {
            socket.set_send_buffer_size(bytes as usize)?;
            socket.send_buffer_size()?.cast_signed() as i64
        }
        SocketOption::ReceiveBuffer(bytes) => {
            socket.set_recv_buffer_size(bytes as usize)?;
            socket.recv_buffer_size()?.cast_signed() as i64
        }
        SocketOption::NoDelay(on) => {
            socket.set_tcp_nodelay(on)?;
            i64::from(socket.tcp_nodelay()?)
        }
        SocketOption::Keepalive { on, idle } => {
            socket.set_keepalive(on)?;
            if let Some(idle) = idle.filter(|_| on) {
                socket.set_tcp_keepalive(
                    &TcpKeepalive::new().with_time(Duration::from_secs(idle.into())),
                )?;
            }
            slot.keepalive.set(on);
            i64::from(socket.keepalive()?)
        }
        SocketOption::Linger(seconds) => {
            socket.set_linger(seconds.map(|s| Duration::from_secs(s.into())))?;
            socket.linger()?.map_or(-1, |span| span.as_secs().cast_signed())
        }
        SocketOption::OnlyV6(on) => {
            socket.set_only_v6(on)?;
            i64::from(socket.only_v6()?)
        }
        // The desk sets it, which takes the stamps.
        SocketOption::Timestamps(_) => return Err(io::ErrorKind::Unsupported.into()),
        SocketOption::Lossy(share) => {
            set_lossy(socket, share)?;
            share.into()
        }
    };
    Ok(Done::Value(Value { value }))
}

#[cfg(unix)]
fn reuse_port(socket: &Socket, on: bool) -> io::Result<i64> {
    socket.set_reuse_port(on)?;
    Ok(i64::from(socket.reuse_port()?))
}

#[cfg(not(unix))]
fn reuse_port(_: &Socket, _: bool) -> io::Result<i64> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
fn set_lossy(_: &Socket, _: u32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Lets the kernel drop a share of what arrives, in parts per million, by its own random numbers.
#[cfg(target_os = "linux")]
fn set_lossy(socket: &Socket, share: u32) -> io::Result<()> {
    use socket2::SockFilter;
    // What is not attached cannot be detached.
    if let Err(error) = socket.detach_filter()
        && error.raw_os_error() != Some(libc::ENOENT)
    {
        return Err(error);
    }
    if share == 0 {
        return Ok(());
    }
    let threshold = (u64::from(share) << 32) / u64::from(ALWAYS);
    let random = (libc::SKF_AD_OFF + libc::SKF_AD_RANDOM).cast_unsigned();
    let kept = u32::MAX;
    socket.attach_filter(&[
        SockFilter::new((libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16, 0, 0, random),
        SockFilter::new(
            (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16,
            1,
            0,
            u32::try_from(threshold).unwrap_or(u32::MAX),
        ),
        SockFilter::new((libc::BPF_RET | libc::BPF_K) as u16, 0, 0, 0),
        SockFilter::new((libc::BPF_RET | libc::BPF_K) as u16, 0, 0, kept),
    ])
}

/// Why a value makes no sense, before the kernel is asked.
pub(super) fn check(slot: &Slot, option: SocketOption) -> Result<(), Failure> {
    if slot.is_unix() && matches!(option, SocketOption::Lossy(_)) {
        return Err(Failure::new(
            protocol::ErrorKind::Unsupported,
            "On a Unix socket the kernel would not count what such a filter drops.",
        ));
    }
    let missing = match option {
        SocketOption::Timestamps(_) | SocketOption::Lossy(_) => !cfg!(target_os = "linux"),
        SocketOption::ReusePort(_) => !cfg!(unix),
        _ => false,
    };
    if missing {
        return Err(Failure::new(
            protocol::ErrorKind::Unsupported,
            "This system does not have that option.",
        ));
    }
    if let SocketOption::Timestamps(_) = option {
        return super::stamp::check(slot);
    }
    let too_much = match option {
        SocketOption::SendBuffer(bytes) | SocketOption::ReceiveBuffer(bytes) => {
            bytes > i32::MAX as u32
        }
        _ => false,
    };
    if let SocketOption::Lossy(share) = option
        && share > ALWAYS
    {
        return Err(Failure::new(
            protocol::ErrorKind::BadRequest,
            format!("A share is told in parts per million: 0 to {ALWAYS}, not {share}."),
        ));
    }
    if too_much {
        return Err(Failure::new(
            protocol::ErrorKind::BadRequest,
            "A buffer size is at most 2,147,483,647 bytes.",
        ));
    }
    Ok(())
}
