//! Owns the ways from a client to a server: whose sockets they are, and under which address the server
//! is found.

use anyhow::{Result, anyhow};
use protocol::packet::End;
use relay::wire::{Namespaces, ProcFiles, text};
use socket2::{Domain, Socket, Type};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command};

/// A wire, and where its packets are counted.
pub(crate) struct Counted {
    pub(crate) namespaces: Namespaces,
    pub(crate) proc: [ProcFiles; 2],
}

/// A way from a client to a server.
pub(crate) enum Road {
    /// This machine's own.
    Loopback,
    /// From left to right.
    Wire(Counted),
    /// Through a program that forwards in user space: how to start it, given its port and the server's.
    Proxy(fn(Type, u16, u16) -> Command),
    /// From a client process in a namespace of another's: how to start it, and the server's address there.
    Inside(Vec<String>, Ipv4Addr),
}

/// A server's socket, and where it is found.
pub(crate) struct Served {
    pub(crate) socket: Socket,
    pub(crate) dial: SocketAddr,
    _proxy: Option<Reaped>,
}

/// Ended on drop.
pub(crate) struct Reaped(pub(crate) Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Road {
    /// A socket at the client's end or at the server's.
    fn socket(&self, end: End, kind: Type) -> Result<Socket> {
        Ok(match self {
            Self::Wire(wire) => {
                wire.namespaces.socket(end, libc::AF_INET, i32::from(kind), 0)?.into()
            }
            _ => Socket::new(Domain::IPV4, kind, None)?,
        })
    }

    /// The client's socket.
    pub(crate) fn client(&self, kind: Type) -> Result<Socket> {
        self.socket(End::Left, kind)
    }

    /// A server, listening where it is a stream's.
    pub(crate) fn serve(&self, kind: Type) -> Result<Served> {
        let socket = self.socket(End::Right, kind)?;
        let ip = match self {
            Self::Wire(_) => End::Right.ipv4(),
            _ => Ipv4Addr::LOCALHOST,
        };
        socket.bind(&SocketAddr::new(ip.into(), 0).into())?;
        let own = socket.local_addr()?.as_socket().ok_or_else(|| anyhow!("no address"))?;
        if kind == Type::STREAM {
            socket.listen(16)?;
        }
        let (dial, proxy) = match self {
            Self::Loopback | Self::Wire(_) => (own, None),
            Self::Inside(_, host) => (SocketAddr::new((*host).into(), own.port()), None),
            Self::Proxy(start) => {
                let spare = Socket::new(Domain::IPV4, kind, None)?;
                spare.bind(&SocketAddr::new(ip.into(), 0).into())?;
                let dial = spare.local_addr()?.as_socket().ok_or_else(|| anyhow!("no address"))?;
                drop(spare);
                let child = start(kind, dial.port(), own.port()).spawn()?;
                // It does not say when it listens.
                std::thread::sleep(std::time::Duration::from_millis(100));
                (dial, Some(Reaped(child)))
            }
        };
        Ok(Served { socket, dial, _proxy: proxy })
    }

    /// Sets the largest packet, where that is ours to set.
    pub(crate) fn mtu(&self, bytes: u32) -> Result<()> {
        match self {
            Self::Wire(wire) => {
                for end in End::BOTH {
                    wire.namespaces.mtu(end, bytes)?;
                }
            }
            Self::Inside(prefix, _) => {
                let Some((program, rest)) = prefix.split_first() else { return Ok(()) };
                let mut ip = Command::new(program);
                let link = ["ip", "link", "set", "tap0", "mtu", &bytes.to_string()];
                anyhow::ensure!(ip.args(rest).args(link).status()?.success(), "ip link set");
            }
            Self::Loopback | Self::Proxy(_) => {}
        }
        Ok(())
    }

    /// Packets that both ends have sent so far, where they are counted.
    pub(crate) fn packets(&self) -> Option<u64> {
        let Self::Wire(wire) = self else { return None };
        let sent = |files: &ProcFiles| -> Option<u64> {
            let dev = text(&files.dev).ok()?;
            let line = dev.lines().find_map(|line| line.trim_start().strip_prefix("wire0:"))?;
            line.split_ascii_whitespace().nth(9)?.parse().ok()
        };
        wire.proc.iter().map(sent).sum()
    }
}
