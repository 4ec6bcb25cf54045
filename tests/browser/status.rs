//! The server's status page in a real browser: what it shows, what the administrator does with it, and what it does
//! not let happen.
use std::{fs, path::Path, thread::sleep, time::Duration};

use parlor_tests::Server;
use serde_json::json;

use crate::{
    browser,
    devtools::{Browser, Tab},
};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// More than two polls of the page.
const TWO_POLLS: Duration = Duration::from_secs(5);
/// Somebody who tries to have the page run something.
const HOSTILE_NAME: &str = "<img src=x onerror=hacked=1>";
const HOSTILE_ROOM: &str = "<script>hacked=1</script><b>tea";

#[test]
fn rooms_come_and_go_while_one_looks() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start();
    let browser = Browser::start(&program);
    let people = People::new(&browser, &server);
    let page = open(&browser, &server);
    page.wait_for("document.querySelector('#rooms-empty').textContent.slice(0, 22)", &json!("There are no rooms yet"));

    people.join("ada", "Ada", "tea");
    page.wait_for(ROOMS, &json!([["tea", "1 of 8", "Open"]]));
    people.join("bob", "Bob", "tea");
    page.wait_for(ROOMS, &json!([["tea", "2 of 8", "Open"]]));
    page.wait_for("document.querySelector('#people').textContent", &json!("2"));
    people.leave("ada");
    people.leave("bob");

    page.wait_for(ROOMS, &json!([]));
    page.wait_for("document.querySelector('#rooms-empty').hidden", &json!(false));
}

#[test]
fn the_invite_is_there_to_be_copied_and_scanned() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start();
    let browser = Browser::start(&program);
    let page = open(&browser, &server);

    let invite = page.eval("document.querySelector('#invite').value");

    let address = server.address().trim_start_matches("ws://");
    assert_eq!(invite, format!("parlor://{address}?plain"));
    page.wait_for("document.querySelector('#qr').naturalWidth > 0", &json!(true));
}

#[test]
fn the_administrator_does_everything_with_the_keyboard() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start_with(&["--admin-token", TOKEN]);
    let browser = Browser::start(&program);
    let people = People::new(&browser, &server);
    people.join("ada", "Ada", "tea");
    people.join("bob", "Bob", "tea");
    let page = open(&browser, &server);

    tab_to(&page, "token");
    page.write(TOKEN);
    page.press("Enter");
    page.wait_for("document.querySelector('#said').textContent", &json!("You are signed in as administrator."));

    tab_to(&page, "Announce to all…");
    page.press("Enter");
    page.wait_for("document.activeElement.id", &json!("remark"));
    page.write("Tea is ready");
    page.press("Enter");
    people.wait_to_hear("ada", "announcement", "Tea is ready");

    tab_to(&page, "Remove Bob from tea");
    page.press("Enter");
    page.wait_for("document.activeElement.id", &json!("remark"));
    page.press("Escape");
    page.wait_for("document.activeElement.ariaLabel", &json!("Remove Bob from tea"));
    page.press("Enter");
    page.wait_for("document.activeElement.id", &json!("remark"));
    page.write("Too loud");
    page.press("Enter");
    people.wait_to_hear("bob", "removed", "Too loud");
    page.wait_for("document.querySelector('#said').textContent", &json!("Bob was removed from tea."));
    page.wait_for(ROOMS, &json!([["tea", "1 of 8", "Open"]]));

    tab_to(&page, "Close room tea");
    page.press("Enter");
    page.wait_for("document.activeElement.id", &json!("remark"));
    page.write("Closing time");
    page.press("Enter");
    people.wait_to_hear("ada", "removed", "Closing time");
    page.wait_for(ROOMS, &json!([]));

    tab_to(&page, "Sign out");
    page.press("Enter");
    page.wait_for("document.activeElement.id", &json!("token"));
    assert_eq!(page.eval("sessionStorage.length"), json!(0));
}

#[test]
fn a_wrong_token_is_refused_in_words() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start_with(&["--admin-token", TOKEN]);
    let browser = Browser::start(&program);
    let page = open(&browser, &server);

    tab_to(&page, "token");
    page.write("not the token at all");
    page.press("Enter");

    page.wait_for(
        "document.querySelector('#said').textContent.startsWith('the admin token is missing or wrong')",
        &json!(true),
    );
    page.wait_for("document.activeElement.id", &json!("token"));
    assert_eq!(page.eval("sessionStorage.length"), json!(0));
}

#[test]
fn what_people_call_themselves_never_becomes_markup() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start_with(&["--admin-token", TOKEN]);
    let browser = Browser::start(&program);
    let people = People::new(&browser, &server);
    people.join("eve", HOSTILE_NAME, HOSTILE_ROOM);
    let page = open(&browser, &server);

    sign_in(&page);
    page.wait_for("document.querySelector('#admin-rooms tbody th')?.textContent", &json!(HOSTILE_NAME));

    assert_eq!(page.eval("document.querySelector('#admin-rooms h3').textContent"), json!(HOSTILE_ROOM));
    assert_eq!(page.eval("document.querySelector('#rooms-body th span').textContent"), json!(HOSTILE_ROOM));
    assert_eq!(page.eval("document.querySelectorAll('main img:not(#qr), main script, main b').length"), json!(0));
    assert_eq!(page.eval("typeof window.hacked"), json!("undefined"));
}

#[test]
fn nothing_that_was_not_served_runs_there() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start();
    let browser = Browser::start(&program);
    let page = open(&browser, &server);

    page.eval(
        "const script = document.createElement('script'); script.textContent = 'window.hacked = 1'; \
         document.body.append(script); document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"hacked=1\">')",
    );
    let elsewhere = page.eval("fetch('http://127.0.0.1:9/').then(() => 'went', () => 'refused')");

    sleep(Duration::from_millis(300));
    assert_eq!(page.eval("typeof window.hacked"), json!("undefined"));
    assert_eq!(elsewhere, json!("refused"));
}

#[test]
fn a_server_that_is_gone_is_said_to_be_so_until_it_is_back() {
    let Some((program, _machine)) = browser() else { return };
    let mut server = Server::start();
    let browser = Browser::start(&program);
    let page = open(&browser, &server);

    server.kill();
    page.wait_for("document.querySelector('#link').textContent", &json!("Connection lost"));
    page.wait_for("document.querySelector('#lost').hidden", &json!(false));
    server.restart();

    page.wait_for("document.querySelector('#link').textContent", &json!("Live"));
    page.wait_for("document.querySelector('#lost').hidden", &json!(true));
}

#[test]
fn a_page_that_nobody_sees_rests() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start();
    let browser = Browser::start(&program);
    let page = open(&browser, &server);
    let asked = "performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('status')).length";

    let _other = browser.open("about:blank"); // Covers the page.
    page.wait_for("document.hidden", &json!(true));
    sleep(Duration::from_secs(1));
    let before = page.eval(asked);
    sleep(TWO_POLLS);
    let after = page.eval(asked);
    page.bring_to_front();

    assert_eq!(before, after, "asked while hidden");
    page.wait_for(&format!("{asked} > {after}"), &json!(true));
}

#[test]
fn a_screen_reader_finds_its_way() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start_with(&["--admin-token", TOKEN]);
    let browser = Browser::start(&program);
    let people = People::new(&browser, &server);
    people.join("ada", "Ada", "tea");
    let page = open(&browser, &server);
    let public = page.accessible();

    sign_in(&page);
    page.wait_for("document.querySelectorAll('#admin-rooms tbody tr').length", &json!(1));
    let private = page.accessible();

    for (role, name) in [
        ("main", ""),
        ("banner", ""),
        ("contentinfo", ""),
        ("heading", "Rooms"),
        ("heading", "Invite"),
        ("heading", "Administration"),
        ("region", "Rooms"),
        ("table", "The rooms of this server"),
        ("columnheader", "People"),
        ("rowheader", "tea"),
        ("textbox", "Invite link"),
        ("textbox", "Admin token"),
        ("image", "QR code of the invite link"),
        ("button", "Copy"),
        ("button", "Sign in"),
    ] {
        assert!(has(&public, role, name), "no {role} {name:?} in {public:?}");
    }
    for (role, name) in [
        ("button", "Close room tea"),
        ("button", "Remove Ada from tea"),
        ("button", "Announce to all…"),
        ("table", "People in tea"),
        ("rowheader", "Ada"),
    ] {
        assert!(has(&private, role, name), "no {role} {name:?} in {private:?}");
    }
    let nameless =
        private.iter().find(|(role, name)| ["button", "textbox", "link"].contains(&role.as_str()) && name.is_empty());
    assert_eq!(nameless, None);
}

/// Keeps the pictures beside other things that the tests leave behind, to be looked at.
#[test]
fn it_is_dark_or_light_as_one_likes_and_fits_a_telephone() {
    let Some((program, _machine)) = browser() else { return };
    let server = Server::start_with(&["--admin-token", TOKEN]);
    let browser = Browser::start(&program);
    let people = People::new(&browser, &server);
    people.join("ada", "Ada", "Morning coffee");
    people.join("bob", "Bob", "Morning coffee");
    people.join("cyd", "지민", "회의실");
    let page = open(&browser, &server);
    sign_in(&page);
    page.wait_for("document.querySelectorAll('#admin-rooms tbody tr').length", &json!(3));

    for (scheme, ground) in [("dark", "rgb(15, 17, 21)"), ("light", "rgb(244, 245, 248)")] {
        page.prefer(scheme);
        page.wait_for("getComputedStyle(document.body).backgroundColor", &json!(ground));
        keep(&page, scheme);
    }
    tab_to(&page, "Remove Bob from Morning coffee");
    page.press("Enter");
    keep(&page, "dialog");
    page.press("Escape");
    page.resize(360);
    page.wait_for("innerWidth", &json!(360));
    keep(&page, "narrow");
    assert_eq!(page.eval("document.documentElement.scrollWidth <= 360"), json!(true), "it has to be scrolled sideways");
}

/// The rooms as the table shows them.
const ROOMS: &str = "[...document.querySelectorAll('#rooms-body tr')].map((row) => [row.querySelector('th span').textContent, \
                     ...[...row.querySelectorAll('td')].map((cell) => cell.textContent)])";

fn open<'a>(browser: &'a Browser, server: &Server) -> Tab<'a> {
    let page = browser.open(&server.address().replace("ws://", "http://"));
    page.wait_for("document.querySelector('#link')?.textContent", &json!("Live"));
    page
}

fn sign_in(page: &Tab<'_>) {
    page.eval(&format!("document.querySelector('#token').value = '{TOKEN}'"));
    page.eval("document.querySelector('#sign-in').requestSubmit()");
    page.wait_for("document.querySelector('#said').textContent", &json!("You are signed in as administrator."));
}

/// Presses Tab until what has this id, label or text has the focus.
fn tab_to(page: &Tab<'_>, what: &str) {
    const FOCUSED: &str = "(({id, ariaLabel, textContent}) => [id, ariaLabel, textContent])(document.activeElement)";
    for _ in 0..40 {
        page.press("Tab");
        if page.eval(FOCUSED).as_array().is_some_and(|names| names.contains(&json!(what))) {
            return;
        }
    }
    panic!("{what} is not reached by pressing Tab");
}

fn has(nodes: &[(String, String)], role: &str, name: &str) -> bool {
    nodes.iter().any(|node| node.0 == role && (name.is_empty() || node.1 == name))
}

fn keep(page: &Tab<'_>, name: &str) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("status-{name}.png"));
    fs::write(path, page.picture()).expect("a picture is kept");
}

/// People who join by websockets of a page from somewhere else, with no media.
struct People<'a> {
    tab: Tab<'a>,
}

impl<'a> People<'a> {
    fn new(browser: &'a Browser, server: &Server) -> Self {
        let tab = browser.open("about:blank");
        tab.eval(&format!(
            "window.people = {{}}; window.enter = (who, nickname, room) => new Promise((joined) => {{
               const socket = new WebSocket('{}/ws'), heard = [];
               people[who] = {{ socket, heard }};
               const token = String(Object.keys(people).length).padStart(32, '0');
               socket.onopen = () => socket.send(JSON.stringify({{ type: 'hello', version: {}, agent: 'test' }}));
               socket.onmessage = ({{ data }}) => {{
                 const message = JSON.parse(data);
                 heard.push(message);
                 if (message.type === 'rooms' && heard.length === 2)
                   socket.send(JSON.stringify({{ type: 'join', room, nickname, token, create: true }}));
                 if (message.type === 'joined' || message.type === 'refused') joined(message.type);
               }};
             }})",
            server.address(),
            parlor_protocol::VERSION,
        ));
        Self { tab }
    }

    fn join(&self, who: &str, nickname: &str, room: &str) {
        let joined = self.tab.eval(&format!("enter({}, {}, {})", json!(who), json!(nickname), json!(room)));
        assert_eq!(joined, "joined");
    }

    fn leave(&self, who: &str) {
        self.tab.eval(&format!("people.{who}.socket.send('{{\"type\":\"leave\"}}')"));
    }

    /// Waits until somebody is told this, as an announcement or as a remark.
    fn wait_to_hear(&self, who: &str, kind: &str, text: &str) {
        let heard = format!(
            "people.{who}.heard.some((message) => message.type === '{kind}' && (message.text ?? message.remark) === '{text}')"
        );
        self.tab.wait_for(&heard, &json!(true));
    }
}
