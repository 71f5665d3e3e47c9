//! Owns the Chinese of why there is no wire and what would mend it; the relay says it in English, and
//! commands stay as they are.

/// How the relay's sentences begin, and the same in Chinese.
const SAYS: [(&str, &str); 23] = [
    ("network namespaces", "网络命名空间"),
    ("open the wire's descriptors", "打开线路所需的描述符"),
    (
        "only Linux has them: run the relay there, in a virtual machine for instance",
        "只有 Linux 才有：请在 Linux 上运行中继，例如在虚拟机里",
    ),
    ("let the relay open ", "让中继能打开更多描述符（ulimit -n）："),
    (
        "root needs CAP_SYS_ADMIN here: in a container, start it with ",
        "这里 root 还需要 CAP_SYS_ADMIN：若在容器里，启动时加上 ",
    ),
    ("load the driver as root: ", "以 root 加载驱动："),
    (
        "this kernel refused a TUN wire; a veth wire does the same",
        "内核拒绝了 TUN 线路；veth 线路效果相同",
    ),
    ("this kernel refused a veth wire; sudo may help", "内核拒绝了 veth 线路；可以试试 sudo"),
    ("mount /proc, and use a kernel with inet_diag ", "挂载 /proc，并使用带 inet_diag 的内核 "),
    (
        "run the relay from its own file, and see that it may start a process",
        "从中继自己的文件运行它，并确认它可以启动进程",
    ),
    ("let this user open it: ", "让当前用户能打开它："),
    ("let it appear: ", "让它出现："),
    ("load the driver: ", "加载驱动："),
    (
        "see that /dev/net/tun is the TUN driver (character device 10, 200)",
        "确认 /dev/net/tun 是 TUN 驱动（字符设备 10, 200）",
    ),
    ("allow more of them: ", "允许更多："),
    (
        "use a kernel with CONFIG_USER_NS and CONFIG_NET_NS, or sudo",
        "使用带 CONFIG_USER_NS 和 CONFIG_NET_NS 的内核，或用 sudo",
    ),
    ("allow them: ", "允许它们："),
    (
        "AppArmor forbids it: give the relay a profile with `userns,`, or ",
        "AppArmor 不允许：给中继一个带 `userns,` 的配置，或者 ",
    ),
    (
        "in a container, start it with --cap-add SYS_ADMIN,NET_ADMIN or --security-opt seccomp=unconfined; elsewhere try sudo",
        "若在容器里，启动时加 --cap-add SYS_ADMIN,NET_ADMIN 或 --security-opt seccomp=unconfined；否则试试 sudo",
    ),
    ("open /dev/net/tun", "打开 /dev/net/tun"),
    ("start the helper", "启动助手进程"),
    ("make a veth pair", "建立 veth 对"),
    ("write /proc/self/uid_map", "写 /proc/self/uid_map"),
];

/// Words inside a remedy that stand between commands.
const WITHIN: [(&str, &str); 4] = [
    (" (in a container, ", "（若在容器里："),
    (", or run it with sudo", "，或用 sudo 运行"),
    (", or sudo", "，或 sudo"),
    ("descriptors or more", "个描述符或更多"),
];

/// The relay's words in Chinese, as far as they are known.
pub(super) fn chinese(said: &str) -> String {
    let known = SAYS.iter().filter(|(begins, _)| said.starts_with(begins));
    let Some((begins, words)) = known.max_by_key(|(begins, _)| begins.len()) else {
        return said.to_owned();
    };
    let rest = WITHIN.iter().fold(said[begins.len()..].to_owned(), |rest, (english, words)| {
        rest.replace(english, words)
    });
    [words, rest.as_str()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_chinese_and_commands_stay() {
        let said = "let this user open it: sudo chmod 666 /dev/net/tun (in a container, --device /dev/net/tun)";
        let told = chinese(said);
        assert!(told.starts_with("让当前用户能打开它：sudo chmod 666 /dev/net/tun"), "{told}");
        assert!(!told.contains("container"), "{told}");
        assert_eq!(chinese("something else"), "something else");
    }
}
