//! Owns the sentence that says what would mend a refusal. Reads the kernel's settings only to choose
//! its words; whether something works is found out by trying.

use super::ask::{DeviceKind, Fault, Plan, Step};
use std::fs;

/// What would mend it, in one sentence without a full stop.
pub(super) fn of(plan: Plan, fault: Fault) -> &'static str {
    match fault.step {
        Step::UserNamespace | Step::Map | Step::NetNamespace | Step::Enter if plan.userns => {
            user_namespace(fault.errno)
        }
        Step::UserNamespace | Step::Map | Step::NetNamespace | Step::Enter => {
            "root needs CAP_SYS_ADMIN here: in a container, start it with --cap-add SYS_ADMIN,NET_ADMIN"
        }
        Step::OpenTun => open_tun(fault.errno),
        Step::Veth if fault.errno == libc::EOPNOTSUPP => {
            "load the driver as root: sudo modprobe veth"
        }
        Step::AttachTun | Step::Veth | Step::Packet | Step::Link | Step::Address | Step::Harden => {
            match plan.device {
                DeviceKind::Tun => "this kernel refused a TUN wire; a veth wire does the same",
                DeviceKind::Veth => "this kernel refused a veth wire; sudo may help",
            }
        }
        Step::Witness => {
            "mount /proc, and use a kernel with inet_diag (sudo modprobe tcp_diag udp_diag)"
        }
        Step::Helper => "run the relay from its own file, and see that it may start a process",
    }
}

fn open_tun(errno: i32) -> &'static str {
    match errno {
        libc::EACCES | libc::EPERM => {
            "let this user open it: sudo chmod 666 /dev/net/tun (in a container, --device /dev/net/tun)"
        }
        libc::ENOENT => "let it appear: sudo modprobe tun (in a container, --device /dev/net/tun)",
        libc::ENODEV | libc::ENXIO => "load the driver: sudo modprobe tun",
        _ => "see that /dev/net/tun is the TUN driver (character device 10, 200)",
    }
}

fn user_namespace(errno: i32) -> &'static str {
    let says = |name: &str, value: &str| {
        fs::read_to_string(format!("/proc/sys/{name}")).is_ok_and(|text| text.trim() == value)
    };
    match errno {
        libc::ENOSPC | libc::EUSERS => {
            "allow more of them: sudo sysctl user.max_user_namespaces=10000 user.max_net_namespaces=10000"
        }
        libc::EINVAL | libc::ENOSYS => {
            "use a kernel with CONFIG_USER_NS and CONFIG_NET_NS, or sudo"
        }
        _ if says("kernel/unprivileged_userns_clone", "0") => {
            "allow them: sudo sysctl kernel.unprivileged_userns_clone=1"
        }
        _ if says("kernel/apparmor_restrict_unprivileged_userns", "1") => {
            "AppArmor forbids it: give the relay a profile with `userns,`, or sudo sysctl \
             kernel.apparmor_restrict_unprivileged_userns=0, or run it with sudo"
        }
        _ => {
            "in a container, start it with --cap-add SYS_ADMIN,NET_ADMIN or --security-opt \
             seccomp=unconfined; elsewhere try sudo"
        }
    }
}
