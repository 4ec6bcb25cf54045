//! Whose work is in the program, and under which licences: gathered from the sources that it is built from.
//!
//! The example `licences` writes it to `assets/licences`, the window shows it from there, and a test sees to it that
//! nothing is missing.
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

/// Where the program is built for.
pub const PLATFORMS: [&str; 3] = ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"];

/// The file, from the top of the repository.
pub const FILE: &str = "assets/licences/licences.json.z";

/// Licences of libraries that are bundled inside a package lie so deep in it at most.
const DEPTH: usize = 4;
/// A file that is larger than any licence is none.
const MOST_BYTES: u64 = 128 * 1024;
/// All licences together, unpacked.
const MOST_BYTES_IN_ALL: usize = 32 * 1024 * 1024;

/// Everything that is bundled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bundled {
    /// By name.
    pub packages: Vec<Package>,
    /// What several of them say is here once.
    pub texts: Vec<String>,
}

/// One thing that is bundled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// What it is called.
    pub name: String,
    /// Which version is bundled; empty where it has none.
    pub version: String,
    /// Its licences by their short names, as `MIT OR Apache-2.0`.
    pub licence: String,
    /// Where its licences stand in [`Bundled::texts`].
    pub texts: Vec<usize>,
}

/// A package that the program links, as cargo tells of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Linked {
    /// What it is called.
    pub name: String,
    /// Which version.
    pub version: String,
    /// Its licences by their short names.
    licence: String,
    authors: Vec<String>,
    folder: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct MetadataPackage {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    license_file: Option<String>,
    authors: Vec<String>,
    source: Option<String>,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

/// The top of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What is linked into `parlor` for a platform: neither what only builds or tests it, nor macros.
///
/// # Errors
/// Where cargo does not tell, as it does not for another platform's packages that were never downloaded.
pub fn linked(platform: &str, offline: bool) -> anyhow::Result<BTreeSet<Linked>> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["metadata", "--format-version=1", "--locked", "--filter-platform", platform]);
    cargo.args(offline.then_some("--offline")).current_dir(repository());
    let output = cargo.output().context("cargo does not start")?;
    if !output.status.success() {
        bail!("cargo tells nothing about {platform}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("cargo tells it otherwise")?;
    let packages: BTreeMap<_, _> = metadata.packages.iter().map(|package| (package.id.as_str(), package)).collect();
    let nodes: BTreeMap<_, _> = metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let ours = |package: &&MetadataPackage| package.source.is_none() && package.name == "parlor";
    let program = metadata.packages.iter().find(ours).context("there is no parlor")?;
    let mut reached = BTreeSet::from([program.id.as_str()]);
    let mut waiting = vec![program.id.as_str()];
    while let Some(id) = waiting.pop() {
        for dependency in nodes.get(id).map_or(&[][..], |node| &node.deps) {
            let is_linked = dependency.dep_kinds.iter().any(|kind| kind.kind.is_none());
            let is_macro = packages.get(dependency.pkg.as_str()).is_some_and(|package| {
                package.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "proc-macro"))
            });
            if is_linked && !is_macro && reached.insert(&dependency.pkg) {
                waiting.push(&dependency.pkg);
            }
        }
    }
    let reached = reached.iter().filter_map(|id| packages.get(id)).filter(|package| package.source.is_some());
    Ok(reached.map(|package| Linked::from(*package)).collect())
}

impl From<&MetadataPackage> for Linked {
    fn from(package: &MetadataPackage) -> Self {
        let in_file = package.license_file.as_ref().map(|file| format!("see {file}"));
        Self {
            name: package.name.clone(),
            version: package.version.clone(),
            licence: package.license.clone().or(in_file).unwrap_or_else(|| "not said".to_owned()),
            authors: package.authors.clone(),
            folder: package.manifest_path.parent().unwrap_or(Path::new("")).to_owned(),
        }
    }
}

/// Gathers everything that is bundled on any platform.
///
/// # Errors
/// Where cargo does not tell, or a package has neither a licence that can be read nor one that we know.
pub fn gather() -> anyhow::Result<Bundled> {
    let mut all = BTreeSet::new();
    for platform in PLATFORMS {
        all.extend(linked(platform, false)?);
    }
    let mut bundled = Bundled::default();
    let mut known = BTreeMap::new();
    let root = repository();
    for (name, version, licence, files) in OUR_OWN {
        let texts = files.iter().map(|file| fs::read_to_string(root.join(file)).context(*file));
        bundled.add(&mut known, (name, version, licence), &texts.collect::<anyhow::Result<Vec<_>>>()?);
    }
    let mut own = Vec::new();
    for package in &all {
        own.push((package, own_texts(package)?));
    }
    for (package, texts) in &own {
        let texts = match texts.is_empty() {
            true => vec![usual_text(package, &own, &root)?],
            false => texts.clone(),
        };
        bundled.add(&mut known, (&package.name, &package.version, &package.licence), &texts);
    }
    Ok(bundled)
}

/// What is bundled beside packages: name, version, licence, and where that stands.
const OUR_OWN: [(&str, &str, &str, &[&str]); 3] = [
    ("Parlor", env!("CARGO_PKG_VERSION"), "MIT OR Apache-2.0", &["LICENSE-MIT", "LICENSE-APACHE"]),
    ("Pretendard (font)", "", "OFL-1.1", &["assets/fonts/OFL.txt"]),
    ("Phosphor Icons (font)", "", "MIT", &["assets/fonts/phosphor-LICENSE.txt"]),
];

impl Bundled {
    fn add(&mut self, known: &mut BTreeMap<String, usize>, package: (&str, &str, &str), texts: &[String]) {
        let mut indices: Vec<usize> = Vec::new();
        for text in texts {
            let text = tidy(text);
            let index = *known.entry(text.clone()).or_insert_with(|| {
                self.texts.push(text);
                self.texts.len() - 1
            });
            if !indices.contains(&index) {
                indices.push(index);
            }
        }
        let (name, version, licence) = package;
        let (name, version, licence) =
            (name.to_owned(), version.to_owned(), licence.replace(" / ", "/").replace('/', " OR "));
        self.packages.push(Package { name, version, licence, texts: indices });
    }

    /// Packs it. The same is always packed the same.
    ///
    /// # Errors
    /// Where it cannot be written as JSON.
    pub fn pack(&self) -> anyhow::Result<Vec<u8>> {
        Ok(miniz_oxide::deflate::compress_to_vec_zlib(&serde_json::to_vec(self)?, 10))
    }

    /// Unpacks what [`pack`](Self::pack) has packed.
    ///
    /// # Errors
    /// Where that was something else.
    pub fn unpack(packed: &[u8]) -> anyhow::Result<Self> {
        let json = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, MOST_BYTES_IN_ALL);
        let json = json.map_err(|error| anyhow::anyhow!("it cannot be unpacked: {error}"))?;
        Ok(serde_json::from_slice(&json)?)
    }
}

/// Lines without spaces at their ends, so that the same licence from two packages is one.
fn tidy(text: &str) -> String {
    let text = text.trim_start_matches('\u{FEFF}').replace('\u{C}', "");
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// The licences in a package, and of what is bundled inside it.
fn own_texts(package: &Linked) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    find_licences(&package.folder, DEPTH, &mut files)?;
    files.sort();
    files.iter().map(|file| Ok(String::from_utf8_lossy(&fs::read(file)?).into_owned())).collect()
}

/// Some packages forget their licence. Then it is the usual text, which others have, with the names of their authors.
fn usual_text(package: &Linked, others: &[(&Linked, Vec<String>)], root: &Path) -> anyhow::Result<String> {
    let Linked { name, version, licence, authors, .. } = package;
    let text = if licence.contains("MIT") {
        fs::read_to_string(root.join("LICENSE-MIT"))?
    } else if licence.contains("Apache-2.0") {
        return Ok(fs::read_to_string(root.join("LICENSE-APACHE"))?);
    } else {
        let mut same = others.iter().filter(|(other, texts)| other.licence == *licence && texts.len() == 1);
        let Some((_, texts)) = same.next() else { bail!("{name} {version} has no file with its licence, {licence}") };
        texts.concat()
    };
    let authors: Vec<_> = authors.iter().map(|author| author.split(" <").next().unwrap_or(author)).collect();
    let holders = if authors.is_empty() { format!("the authors of {name}") } else { authors.join(", ") };
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("Copyright (c)"));
    Ok(format!("Copyright (c) {holders}\n{}", lines.map(|line| format!("{line}\n")).collect::<String>()))
}

fn find_licences(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (kind, name) = (entry.file_type()?, entry.file_name().to_string_lossy().to_uppercase());
        if kind.is_dir() {
            let is_aside = ["TESTS", "TEST", "EXAMPLES", "BENCHES", "DOC", "DOCS", ".GITHUB"].contains(&name.as_str());
            if depth > 0 && !is_aside {
                find_licences(&entry.path(), depth - 1, found)?;
            }
        } else if kind.is_file() && is_licence(&name) && entry.metadata()?.len() <= MOST_BYTES {
            found.push(entry.path());
        }
    }
    Ok(())
}

fn is_licence(name: &str) -> bool {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let starts = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE", "PATENTS", "OFL", "UFL"];
    let is_text = ["", "TXT", "MD", "MIT", "APACHE", "BSD", "ISC", "ZLIB"].contains(&ending) || !ending.is_ascii();
    let is_named = starts.iter().any(|start| stem.starts_with(start)) || stem.ends_with("LICENSE");
    is_named && (is_text || ending.chars().any(|c| c.is_ascii_digit() || c == '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_unpacked_and_the_same_text_is_kept_once() {
        let mut bundled = Bundled::default();
        let mut known = BTreeMap::new();
        for name in ["a", "b"] {
            let texts = ["You may.  \r\n".to_owned(), format!("Copyright {name}\n")];
            bundled.add(&mut known, (name, "1.0.0", "MIT/Apache-2.0"), &texts);
        }

        let unpacked = Bundled::unpack(&bundled.pack().unwrap()).unwrap();

        assert_eq!(unpacked, bundled);
        assert_eq!(bundled.texts, ["You may.", "Copyright a", "Copyright b"]);
        assert_eq!(bundled.packages[1].texts, [0, 2]);
        assert_eq!(bundled.packages[1].licence, "MIT OR Apache-2.0");
    }

    #[test]
    fn licences_are_known_by_their_names() {
        for name in
            ["LICENSE", "LICENSE-MIT", "LICENSE.TXT", "COPYING", "LICENSE_APACHE", "LICENSE-APACHE-2.0", "OFL.TXT"]
        {
            assert!(is_licence(name), "{name}");
        }
        for name in ["README.MD", "LICENSE.RS", "LICENSES.PY", "NOTICE.HTML"] {
            assert!(!is_licence(name), "{name}");
        }
    }
}
