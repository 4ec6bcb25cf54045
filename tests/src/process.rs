//! What running programs cost, from Linux's /proc (proc(5)).
use std::{fs, path::Path, time::Duration};

/// What the kernel counts processor time in, on every Linux that runs this.
const TICKS_PER_SECOND: f64 = 100.0;

/// How many processors there are, and how busy they are: what a measurement has to say of the machine.
pub fn machine() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{processors} processors, load {}", load.trim())
}

/// A process and all that descend from it, as a browser has many.
pub fn tree(root: u32) -> Vec<u32> {
    let all: Vec<(u32, u32)> = numbers(Path::new("/proc")).filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(&parent) = tree.get(next) {
        tree.extend(all.iter().filter(|(pid, of)| *of == parent && *pid != parent).map(|(pid, _)| *pid));
        next += 1;
    }
    tree
}

/// The processor time that they have used together. One that has ended counts for nothing.
pub fn processor_time(pids: &[u32]) -> Duration {
    pids.iter().filter_map(|pid| ticks(Path::new(&format!("/proc/{pid}/stat")))).sum()
}

/// The processor time that the threads of a process have used whose names begin so.
pub fn thread_time(pid: u32, name: &str) -> Duration {
    let tasks = format!("/proc/{pid}/task");
    let named = numbers(Path::new(&tasks)).map(|task| format!("{tasks}/{task}")).filter(|task| {
        let comm = fs::read_to_string(format!("{task}/comm"));
        comm.is_ok_and(|comm| comm.starts_with(name))
    });
    named.filter_map(|task| ticks(Path::new(&format!("{task}/stat")))).sum()
}

/// The memory that they use together, in MiB. What several share is shared out among them (PSS).
pub fn memory_mib(pids: &[u32]) -> f64 {
    let kib = pids.iter().filter_map(|pid| {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?.to_owned();
        line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()
    });
    kib.sum::<f64>() / 1024.0
}

/// The entries of a folder that are numbers.
fn numbers(folder: &Path) -> impl Iterator<Item = u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn parent(pid: u32) -> Option<u32> {
    fields(Path::new(&format!("/proc/{pid}/stat")))?.get(1)?.parse().ok()
}

fn ticks(stat: &Path) -> Option<Duration> {
    let fields = fields(stat)?;
    let times = fields.get(11..13)?.iter().filter_map(|time| time.parse::<f64>().ok());
    Some(Duration::from_secs_f64(times.sum::<f64>() / TICKS_PER_SECOND))
}

/// What is behind the name, which may itself have blanks and brackets in it: the state comes first.
fn fields(stat: &Path) -> Option<Vec<String>> {
    let stat = fs::read_to_string(stat).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use std::{
        process::{Command, id},
        thread,
        time::Instant,
    };

    use super::*;

    #[test]
    fn a_child_belongs_to_the_tree_and_a_stranger_does_not() {
        let mut child = Command::new("sleep").arg("60").spawn().expect("sleep runs");

        let tree = tree(id());
        let memory = memory_mib(&[id()]);
        child.kill().expect("it runs");
        child.wait().expect("it ends");

        assert!(tree.contains(&id()) && tree.contains(&child.id()), "{tree:?}");
        assert!(!tree.contains(&1));
        assert!(memory > 0.1, "{memory}");
    }

    #[test]
    fn a_thread_that_works_is_found_by_its_name() {
        let worker = thread::Builder::new().name("busy worker".to_owned()).spawn(|| {
            let start = Instant::now();
            let mut sum = 0_u64;
            while thread_time(id(), "busy worker") < Duration::from_millis(50) && start.elapsed().as_secs() < 60 {
                sum = (0..100_000_u64).fold(sum, u64::wrapping_add);
            }
            let time = thread_time(id(), "busy worker");
            (time, processor_time(&[id()]), sum)
        });

        let (time, all, _) = worker.expect("a thread").join().expect("it ends");

        assert!(time >= Duration::from_millis(50), "{time:?}");
        assert!(all >= time, "{all:?}");
        assert_eq!(thread_time(id(), "no such thread"), Duration::ZERO);
    }
}
