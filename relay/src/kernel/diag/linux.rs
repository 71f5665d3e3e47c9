//! Numbers of Linux's `linux/netlink.h` and `bits/socket.h`, which its messages are made of wherever
//! they are read.

pub(super) const AF_UNIX: i32 = 1;
pub(super) const AF_INET: i32 = 2;
pub(super) const AF_INET6: i32 = 10;
pub(super) const IPPROTO_TCP: i32 = 6;
pub(super) const IPPROTO_UDP: i32 = 17;
pub(super) const NLM_F_REQUEST: i32 = 0x1;
pub(super) const NLM_F_DUMP: i32 = 0x300;
pub(super) const NLMSG_ERROR: i32 = 2;
pub(super) const NLMSG_DONE: i32 = 3;
