//! A browser that does what it is told, through the pipe of its debugger (Chrome DevTools Protocol).
use std::{
    cell::{Cell, RefCell},
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, Sender, channel},
    thread::{self, sleep},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take. A browser on a busy machine takes its time to start.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may take to close.
const CLOSING: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
const ARGUMENTS: [&str; 9] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox", // it does not start as root otherwise
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--window-size=1040,1200",
];
/// The debugger is spoken to by the file descriptors 3 and 4.
const WITH_DEBUGGER: &str = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null"#;

/// A running browser; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Browser {
    child: Child,
    to: RefCell<Option<ChildStdin>>,
    from: Receiver<Value>,
    last: Cell<u64>,
    _profile: TempDir,
}

/// One page of it.
#[derive(Debug)]
pub(crate) struct Tab<'a> {
    browser: &'a Browser,
    session: String,
}

impl Browser {
    pub(crate) fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let log = fs::File::create(profile.path().join("log")).expect("a file");
        let mut child = Command::new("sh")
            .args(["-c", WITH_DEBUGGER])
            .arg(program)
            .args(ARGUMENTS)
            .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the browser starts");
        let to = RefCell::new(child.stdin.take());
        let stdout = child.stdout.take().expect("its output is piped");
        let (sender, from) = channel();
        thread::Builder::new().name("devtools".to_owned()).spawn(move || listen(stdout, &sender)).expect("a thread");
        Self { child, to, from, last: Cell::new(0), _profile: profile }
    }

    /// Opens a page.
    pub(crate) fn open(&self, url: &str) -> Tab<'_> {
        let target = self.call(None, "Target.createTarget", &json!({"url": url}))["targetId"].clone();
        let attached = self.call(None, "Target.attachToTarget", &json!({"targetId": target, "flatten": true}));
        let session = attached["sessionId"].as_str().expect("a session").to_owned();
        Tab { browser: self, session }
    }

    fn call(&self, session: Option<&str>, method: &str, params: &Value) -> Value {
        let id = self.last.get() + 1;
        self.last.set(id);
        let mut request = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            request["sessionId"] = session.into();
        }
        let bytes = [request.to_string().as_bytes(), &[0]].concat();
        self.to.borrow_mut().as_mut().expect("it is open").write_all(&bytes).expect("the browser listens");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let answer = self.from.recv_timeout(left).unwrap_or_else(|error| panic!("{method}: {error}"));
            if answer["id"] == id {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.to.take());
        let deadline = Instant::now() + CLOSING;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            sleep(LOOK_AGAIN);
        }
        // One that has ended already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Tab<'_> {
    /// What an expression is worth; promises are waited for.
    pub(crate) fn eval(&self, expression: &str) -> Value {
        let params = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.call("Runtime.evaluate", &params);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is worth this.
    pub(crate) fn wait_for(&self, expression: &str, worth: &Value) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self.eval(expression);
            if now == *worth {
                return;
            }
            assert!(Instant::now() < deadline, "{expression} is {now}, not {worth}, after {PATIENCE:?}");
            sleep(LOOK_AGAIN);
        }
    }

    /// Presses and releases a key: `Tab`, `Enter` or `Escape`.
    pub(crate) fn press(&self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            other => panic!("no such key: {other}"),
        };
        let key = json!({"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text});
        self.call("Input.dispatchKeyEvent", &key);
        self.call("Input.dispatchKeyEvent", &json!({"type": "keyUp", "key": key["key"], "code": key["code"]}));
    }

    /// Writes into what has the focus.
    pub(crate) fn write(&self, text: &str) {
        self.call("Input.insertText", &json!({"text": text}));
    }

    /// Shows it, where another page covered it.
    pub(crate) fn bring_to_front(&self) {
        self.call("Page.bringToFront", &json!({}));
    }

    /// Has the page believe that the person likes it `dark` or `light`.
    pub(crate) fn prefer(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", &features);
    }

    /// Has the page believe that the window is this wide.
    pub(crate) fn resize(&self, width: u32) {
        let size = json!({"width": width, "height": 1200, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", &size);
    }

    /// What the page looks like: a PNG.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let picture = self.call("Page.captureScreenshot", &json!({"format": "png", "captureBeyondViewport": true}));
        STANDARD.decode(picture["data"].as_str().expect("a picture")).expect("base64")
    }

    /// What a screen reader meets: role and name, in order.
    pub(crate) fn accessible(&self) -> Vec<(String, String)> {
        self.call("Accessibility.enable", &json!({}));
        let tree = self.call("Accessibility.getFullAXTree", &json!({}));
        let nodes = tree["nodes"].as_array().expect("nodes").iter().filter(|node| node["ignored"] == false);
        let text = |node: &Value, field: &str| node[field]["value"].as_str().unwrap_or_default().to_owned();
        nodes.map(|node| (text(node, "role"), text(node, "name"))).collect()
    }

    fn call(&self, method: &str, params: &Value) -> Value {
        self.browser.call(Some(&self.session), method, params)
    }
}

/// Reads messages, which end with a zero byte, until the browser ends or nobody wants them any more.
fn listen(stdout: ChildStdout, messages: &Sender<Value>) {
    let mut reader = BufReader::new(stdout);
    loop {
        let mut message = Vec::new();
        if !matches!(reader.read_until(0, &mut message), Ok(1..)) {
            return;
        }
        message.pop();
        let Ok(message) = serde_json::from_slice(&message) else { continue };
        if messages.send(message).is_err() {
            return;
        }
    }
}
