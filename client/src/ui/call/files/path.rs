//! A path as people paste it.
use std::path::PathBuf;

/// Reads a whole path, or a `file://` address of this computer; quotes around it do not matter.
pub(super) fn parse(text: &str) -> Option<PathBuf> {
    let text = text.trim();
    let quoted = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    let text = quoted('"').or_else(|| quoted('\'')).unwrap_or(text);
    let path = match text.strip_prefix("file://") {
        Some(address) => local(address)?,
        None => PathBuf::from(text),
    };
    path.is_absolute().then_some(path)
}

/// The path of an address without its scheme (RFC 8089).
fn local(address: &str) -> Option<PathBuf> {
    let path = address.strip_prefix("localhost").unwrap_or(address);
    let path = String::from_utf8(decoded(path)?).ok()?;
    // `/C:/a.txt`
    let drive = path.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
    Some(PathBuf::from(drive.unwrap_or(&path)))
}

/// The bytes behind `%20` and the like (RFC 3986, section 2.1).
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, more) = rest.split_first_chunk::<2>()?;
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(digit(digits[0])? << 4 | digit(digits[1])?);
        rest = more;
    }
    Some(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_as_they_are_pasted() {
        for (text, path) in [
            ("/home/ada/a b.txt", "/home/ada/a b.txt"),
            ("  '/home/ada/a.txt'\n", "/home/ada/a.txt"),
            ("file:///home/ada/%EB%B3%B4%EA%B3%A0%EC%84%9C%20a.pdf", "/home/ada/보고서 a.pdf"),
            ("file://localhost/etc/hosts", "/etc/hosts"),
        ] {
            assert_eq!(parse(text), Some(PathBuf::from(path)), "{text}");
        }
    }

    #[test]
    fn what_is_no_whole_path_is_refused() {
        for text in [
            "",
            "a.txt",
            "./a.txt",
            "file://elsewhere/a.txt",
            "file:///a%2",
            "file:///a%zz",
            "file:///%ff",
            "https://a",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
