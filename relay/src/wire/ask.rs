//! Owns what the relay and its helper say to each other: closed sets of requests and answers, without
//! paths or names. Both sides are the same program, so the form need not last. Never acts on them.

pub(crate) mod frame;

use super::End;
use super::key::Key;
use serde::{Deserialize, Serialize};

/// A namespace and the devices that the helper shall try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// In a user namespace of its own.
    pub(super) userns: bool,
    /// What joins the ends to the relay.
    pub(super) device: DeviceKind,
}

/// What joins an end to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeviceKind {
    /// A TUN device; the relay holds its descriptor.
    Tun,
    /// A veth pair; the relay holds an `AF_PACKET` socket on its near end.
    Veth,
}

impl Plan {
    /// As arguments of the helper.
    pub(super) fn words(self) -> [&'static str; 2] {
        let right = if self.userns { "userns" } else { "root" };
        let device = match self.device {
            DeviceKind::Tun => "tun",
            DeviceKind::Veth => "veth",
        };
        [right, device]
    }

    /// The plan that has these words.
    pub(super) fn of(words: [&str; 2]) -> Option<Self> {
        let all = [true, false].into_iter().flat_map(|userns| {
            [DeviceKind::Tun, DeviceKind::Veth].map(|device| Self { userns, device })
        });
        all.into_iter().find(|plan| plan.words() == words)
    }
}

/// The helper's first word.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Hello {
    /// The wire is there. With it come, in this order: the two devices; for each end its `sock_diag`
    /// socket, its destroy listener, and snmp, netstat, dev and, if `ipv6`, snmp6 of `/proc/self/net`;
    /// the two network namespaces; the user namespace if there is one.
    Ready {
        /// Whether there is a snmp6.
        ipv6: bool,
        /// What was wished but refused: "net.ipv4.icmp_ratelimit: EROFS".
        unset: Vec<String>,
    },
    /// There is no wire this way.
    Refused(Fault),
}

/// A step that the kernel refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fault {
    /// Which.
    pub(super) step: Step,
    /// What it said.
    pub(super) errno: i32,
}

macro_rules! steps {
    ($($(#[$doc:meta])+ $name:ident $told:literal)*) => {
        /// A step on the way to the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub(super) enum Step { $($(#[$doc])+ $name,)* }

        impl Step {
            /// As the page and `relay check` show it.
            pub(super) fn told(self) -> &'static str {
                match self { $(Self::$name => $told,)* }
            }
        }
    };
}

steps! {
    /// The process itself, and its first word.
    Helper "start the helper"
    /// unshare(2) of the user namespace.
    UserNamespace "unshare(CLONE_NEWUSER)"
    /// `setgroups`, `uid_map` and `gid_map` (user_namespaces(7)).
    Map "write /proc/self/uid_map"
    /// unshare(2) of the network namespaces.
    NetNamespace "unshare(CLONE_NEWNET)"
    /// setns(2) between them.
    Enter "setns(CLONE_NEWNET)"
    /// The TUN driver.
    OpenTun "open /dev/net/tun"
    /// Its device.
    AttachTun "ioctl(TUNSETIFF)"
    /// The veth pair.
    Veth "make a veth pair"
    /// The socket on its near end.
    Packet "socket(AF_PACKET)"
    /// `lo` and `wire0`, up.
    Link "set the devices up"
    /// The addresses.
    Address "set the addresses"
    /// Sockets and files that the relay reads.
    Witness "open sock_diag and /proc/self/net"
    /// Capabilities given up.
    Harden "drop capabilities"
}

/// Names the step at which something failed.
pub(super) trait At<T> {
    /// The same, or the fault at `step`.
    fn at(self, step: Step) -> Result<T, Fault>;
}

impl<T, E: Into<std::io::Error>> At<T> for Result<T, E> {
    fn at(self, step: Step) -> Result<T, Fault> {
        self.map_err(|error| Fault { step, errno: code(&error.into()) })
    }
}

/// The errno; EIO where the error is not the kernel's.
pub(super) fn code(error: &std::io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EIO)
}

/// A request and the number that its answer will carry.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) number: u32,
    pub(super) request: Request,
}

/// What may be asked for once the wire is there.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// A socket that lives in an end. Its descriptor comes with the answer.
    Socket { end: End, family: Family, kind: Kind, nonblocking: bool },
    /// A setting of an end; only the first [`Key::count`] numbers count.
    Sysctl { end: End, key: Key, values: [u32; Key::MOST] },
    /// The largest packet of an end's device, in bytes.
    Mtu { end: End, bytes: u32 },
}

/// Address families that may be asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Family {
    Ipv4,
    Ipv6,
}

/// Kinds of socket that may be asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Kind {
    Stream,
    Datagram,
}

/// An answer to the request of that number.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answered {
    pub(super) number: u32,
    /// The errno if the kernel refused.
    pub(super) result: Result<(), i32>,
}
