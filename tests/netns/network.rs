//! Networks of the kernel's own making: namespaces that are machines, and virtual cables between them.
use std::{
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use parlor_tests::binary;

/// Machines and cables, gone when it is dropped. Every test makes its own, so tests can run at the same time.
#[derive(Debug)]
pub(crate) struct Network {
    number: u32,
    machines: Vec<Machine>,
    cables: u32,
}

/// A machine: a network namespace.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    namespace: String,
}

/// Numbers the networks of this process.
static NETWORKS: AtomicU32 = AtomicU32::new(0);

impl Network {
    /// A network without machines.
    ///
    /// # Panics
    /// Where the kernel does not let us: it takes root, and the command `ip` of iproute2.
    pub(crate) fn new() -> Self {
        let number = NETWORKS.fetch_add(1, Ordering::Relaxed);
        let allowed = Command::new("ip").args(["netns", "list"]).output();
        assert!(
            allowed.is_ok_and(|output| output.status.success()),
            "these tests need the command `ip`: install iproute2, and run as root"
        );
        Self { number, machines: Vec::new(), cables: 0 }
    }

    /// Adds a machine that passes nothing on for others.
    pub(crate) fn machine(&mut self, name: &str) -> Machine {
        let machine = Machine { namespace: format!("parlor-{}-{}-{name}", std::process::id(), self.number) };
        ip(&["netns", "add", &machine.namespace]);
        // From here on it is cleaned up.
        self.machines.push(machine.clone());
        machine.ip(&["link", "set", "lo", "up"]);
        machine.write("/proc/sys/net/ipv4/ip_forward", "0");
        // Addresses may be used at once, without asking first whether somebody else has them.
        machine.write("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
        machine
    }

    /// Lays a cable between two machines and gives each end an address, as in `10.0.0.1/24`.
    pub(crate) fn cable(&mut self, (one, one_address): (&Machine, &str), (other, other_address): (&Machine, &str)) {
        let [one_end, other_end] = self.lay(one, other);
        one.ip(&["addr", "add", one_address, "dev", &one_end]);
        other.ip(&["addr", "add", other_address, "dev", &other_end]);
    }

    /// Connects several machines by a switch, which is in the first of them, and gives each an address.
    pub(crate) fn switch(&mut self, machines: &[(&Machine, &str)]) {
        let [(first, first_address), rest @ ..] = machines else { return };
        first.ip(&["link", "add", "switch", "type", "bridge", "stp_state", "0"]);
        first.ip(&["addr", "add", first_address, "dev", "switch"]);
        first.ip(&["link", "set", "switch", "up"]);
        for (machine, address) in rest {
            let [port, end] = self.lay(first, machine);
            first.ip(&["link", "set", &port, "master", "switch"]);
            machine.ip(&["addr", "add", address, "dev", &end]);
        }
    }

    /// A cable whose ends are up.
    fn lay(&mut self, one: &Machine, other: &Machine) -> [String; 2] {
        self.cables += 1;
        // Fifteen characters at most, and unique before the ends are in their namespaces.
        let end = |side| format!("p{:x}n{}c{}{side}", std::process::id() & 0xf_ffff, self.number, self.cables);
        let ends = [end('a'), end('b')];
        let [one_end, other_end] = &ends;
        ip(&[
            "link",
            "add",
            one_end,
            "netns",
            &one.namespace,
            "type",
            "veth",
            "peer",
            "name",
            other_end,
            "netns",
            &other.namespace,
        ]);
        one.ip(&["link", "set", one_end, "up"]);
        other.ip(&["link", "set", other_end, "up"]);
        ends
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for machine in &self.machines {
            // Cables go with the namespaces at their ends. What is gone already cannot be removed again.
            let _ = Command::new("ip").args(["netns", "delete", &machine.namespace]).status();
        }
    }
}

impl Machine {
    /// A command for a program of this workspace on this machine.
    pub(crate) fn program(&self, name: &str) -> Command {
        let program = binary(name);
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace]).arg(program.get_program());
        command
    }

    /// Sends what is for elsewhere to this address.
    pub(crate) fn route_all_to(&self, gateway: &str) {
        self.ip(&["route", "add", "default", "via", gateway]);
    }

    /// Lets no datagram out of this port of the machine, as a firewall may: by a rule for routes, since not every kernel
    /// has a packet filter.
    pub(crate) fn silence(&self, port: u16) {
        self.ip(&["rule", "add", "ipproto", "udp", "sport", &port.to_string(), "blackhole"]);
    }

    /// Whether another machine can be reached from here, as `ping` tells by a connection to a closed port: refused
    /// means reached.
    pub(crate) fn reaches(&self, address: &str) -> bool {
        let script = "exec 3<>/dev/tcp/$0/9";
        let output = Command::new("ip")
            .args(["netns", "exec", &self.namespace, "timeout", "2", "bash", "-c", script, address])
            .output()
            .expect("bash runs");
        String::from_utf8_lossy(&output.stderr).contains("refused")
    }

    fn ip(&self, arguments: &[&str]) {
        ip(&[&["-n", &self.namespace], arguments].concat());
    }

    fn write(&self, file: &str, value: &str) {
        let script = format!("echo {value} > {file}");
        run(Command::new("ip").args(["netns", "exec", &self.namespace, "sh", "-c", &script]));
    }
}

fn ip(arguments: &[&str]) {
    run(Command::new("ip").args(arguments));
}

fn run(command: &mut Command) {
    let output = command.output().expect("iproute2 is installed");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {complaint}These tests have to be run as root.");
}
