//! Writes the licences of everything that is bundled: `make licences`.
use std::{fs, io::Write as _};

use parlor_tests::licences::{FILE, gather, repository};

fn main() -> anyhow::Result<()> {
    let bundled = gather()?;
    let packed = bundled.pack()?;
    let file = repository().join(FILE);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&file, &packed)?;
    let (packages, texts) = (bundled.packages.len(), bundled.texts.len());
    writeln!(std::io::stdout(), "{FILE}: {packages} packages, {texts} texts, {} bytes", packed.len())?;
    Ok(())
}
