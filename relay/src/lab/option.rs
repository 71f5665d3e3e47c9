//! Owns socket options: sets one and reads back what the kernel made of it.

use super::slot::Slot;
use protocol::command::SocketOption;
use protocol::reply::Value;
use protocol::{Done, Failure};
use socket2::TcpKeepalive;
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
        SocketOption::ReusePort(on) => {
            socket.set_reuse_port(on)?;
            i64::from(socket.reuse_port()?)
        }
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
    };
    Ok(Done::Value(Value { value }))
}

/// Why a value makes no sense, before the kernel is asked.
pub(super) fn check(option: SocketOption) -> Result<(), Failure> {
    let too_much = match option {
        SocketOption::SendBuffer(bytes) | SocketOption::ReceiveBuffer(bytes) => {
            bytes > i32::MAX as u32
        }
        _ => false,
    };
    if too_much {
        return Err(Failure::new(
            protocol::ErrorKind::BadRequest,
            "A buffer size is at most 2,147,483,647 bytes.",
        ));
    }
    Ok(())
}
