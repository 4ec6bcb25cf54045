//! The status page: one document with everything in it, and the policy that lets nothing else run there.
use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::{
    StatusCode,
    header::{CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY},
};
use sha2::{Digest, Sha256};

use crate::http::{Response, respond};

const DOCUMENT: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

static PAGE: LazyLock<Page> = LazyLock::new(|| Page {
    document: DOCUMENT.replace("{style}", STYLE).replace("{script}", SCRIPT),
    policy: format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self'; img-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash(SCRIPT),
        hash(STYLE),
    ),
});

#[derive(Debug)]
struct Page {
    document: String,
    policy: String,
}

/// The page.
pub(super) fn response() -> Response {
    let mut response = respond(StatusCode::OK, "text/html; charset=utf-8", PAGE.document.as_str());
    if let Ok(policy) = HeaderValue::from_str(&PAGE.policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// What lets this very text run, and no other (CSP 3, section 2.3.1).
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_all_of_itself_in_it_and_asks_nobody_else_for_anything() {
        let document = &PAGE.document;

        assert!(document.contains(STYLE) && document.contains(SCRIPT));
        for foreign in ["http://", "https://", "src=\"//", "@import", " onclick=", " onload=", "innerHTML"] {
            assert!(!document.contains(foreign), "{foreign}");
        }
    }

    #[test]
    fn the_policy_goes_with_the_page() {
        let response = response();

        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}
