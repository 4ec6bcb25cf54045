//! Manual pages and completions, made from the command line itself. `make install` and the packages call this.
use std::{fs, io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Command};
use clap_complete::Shell;

/// The arguments of `parlor man`.
#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// Where the pages go; the folder is made.
    folder: PathBuf,
    /// Those of parlor-server.
    #[arg(long)]
    server: bool,
}

/// The arguments of `parlor completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// For which shell.
    shell: Shell,
    /// Those of parlor-server.
    #[arg(long)]
    server: bool,
}

/// Writes a page for the program and one for each of its commands.
pub(super) fn man(arguments: &ManArguments) -> anyhow::Result<ExitCode> {
    let folder = &arguments.folder;
    let unwritten = || format!("the pages cannot be written to {}", folder.display());
    fs::create_dir_all(folder).with_context(unwritten)?;
    clap_mangen::generate_to(program(arguments.server), folder).with_context(unwritten)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the completions to standard output.
pub(super) fn completions(arguments: &CompletionsArguments) -> anyhow::Result<ExitCode> {
    let script = script(arguments.shell, program(arguments.server));
    std::io::stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

fn script(shell: Shell, mut program: Command) -> Vec<u8> {
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut program, name, &mut script);
    script
}

fn program(server: bool) -> Command {
    if server { parlor_server::command_line::program() } else { super::program() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_with_all_its_options() {
        let folder = tempfile::tempdir().unwrap();

        for server in [false, true] {
            man(&ManArguments { folder: folder.path().join("man1"), server }).unwrap();
        }

        let page = |name: &str| fs::read_to_string(folder.path().join("man1").join(format!("{name}.1"))).unwrap();
        let (mut parlor, mut server) = (program(false), program(true));
        parlor.build();
        server.build();
        assert_all(&page("parlor"), &parlor);
        assert_all(&page("parlor-server"), &server);
        let commands: Vec<_> = parlor.get_subcommands().filter(|command| !command.is_hide_set()).collect();
        assert!(commands.len() >= 5, "{commands:?}");
        for command in commands.into_iter().filter(|command| command.get_name() != "help") {
            assert_all(&page(&format!("parlor-{}", command.get_name())), command);
        }
    }

    #[test]
    fn every_shell_completes_every_command_and_option() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = String::from_utf8(script(shell, program(false))).unwrap();

            for word in ["join", "discover", "doctor", "devices", "host", "known-servers", "headless"] {
                assert!(script.contains(word), "{shell} does not complete {word}");
            }
        }
    }

    fn assert_all(page: &str, command: &Command) {
        // In a page a hyphen is written as a minus.
        let page = page.replace("\\-", "-");
        for option in command.get_arguments().filter(|option| !option.is_hide_set()) {
            if let Some(long) = option.get_long() {
                assert!(page.contains(&format!("--{long}")), "--{long} is not in the page of {}", command.get_name());
            }
        }
    }
}
