//! Owns an end's counter files in `/proc/net` (proc_pid_net(5)): they stay those of that end whoever
//! reads them. Never opens one.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

/// Open counter files of one end; read them with [`text`].
#[derive(Debug)]
pub struct ProcFiles {
    /// IPv4, ICMP, TCP and UDP.
    pub snmp: File,
    /// IPv6, ICMPv6 and UDP over IPv6; none where the kernel has no IPv6.
    pub snmp6: Option<File>,
    /// TcpExt and IpExt.
    pub netstat: File,
    /// Devices.
    pub dev: File,
}

/// Bytes that such a file holds at most, with room to spare: they are a few kB.
const MOST: u64 = 256 * 1024;

/// A file's present content.
pub fn text(file: &File) -> io::Result<String> {
    let mut bytes = vec![0; 8 * 1024];
    let mut length = 0;
    loop {
        match file.read_at(&mut bytes[length..], length as u64) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if length as u64 >= MOST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if length == bytes.len() {
            bytes.resize(length * 2, 0);
        }
    }
    bytes.truncate(length);
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// tx-drop of a device in `/proc/net/dev`: the twelfth number of its line.
pub(super) fn sent_and_dropped(dev: &str, name: &str) -> Option<u64> {
    let mut lines = dev.lines().filter_map(|line| line.trim_start().split_once(':'));
    let (_, numbers) = lines.find(|(device, _)| *device == name)?;
    numbers.split_ascii_whitespace().nth(11)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::sent_and_dropped;

    #[test]
    fn tx_drop_is_found() {
        let dev = "Inter-|   Receive  |  Transmit\n face |bytes packets errs drop fifo frame compressed \
                   multicast|bytes packets errs drop fifo colls carrier compressed\n\
                   \x20   lo:  1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n\
                   \x20wire0: 1 2 3 4 5 6 7 8 9 10 11 2010 13 14 15 16\n";
        assert_eq!(sent_and_dropped(dev, "wire0"), Some(2010));
        assert_eq!(sent_and_dropped(dev, "wire"), None);
        assert_eq!(sent_and_dropped("wire0: 1 2", "wire0"), None);
    }
}
