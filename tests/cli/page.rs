//! The page of `--report` in a browser: headless Chromium, driven by chromedriver (`WebDriver` over loopback).
//!
//! Skipped, with a message, where there is no Chromium and `CI` is not set.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A browser window, closed when dropped.
struct Browser {
    driver: Child,
    session: String,
    /// The browser's own files.
    _profile: tempfile::TempDir,
}

impl Browser {
    /// `None` where there is none and none is due.
    fn open(is_dark: bool) -> Option<Self> {
        let driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut driver) = driver else {
            assert!(std::env::var_os("CI").is_none(), "chromedriver is missing (Debian: chromium-driver)");
            eprintln!("skipped: there is no chromedriver");
            return None;
        };
        let port = BufReader::new(driver.stdout.take().expect("a pipe"))
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split("started successfully on port ").nth(1)?.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver tells its port");
        let profile = tempfile::tempdir().expect("a temporary folder");
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-quic",
            "--window-size=900,1400",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.extend(
            [
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
            ]
            .map(str::to_owned),
        );
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        if is_dark {
            arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
        }
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let root = format!("http://127.0.0.1:{port}/session");
        let opened = post(&root, &capabilities);
        let id = opened["sessionId"].as_str().expect("a session").to_owned();
        Some(Self { driver, session: format!("{root}/{id}"), _profile: profile })
    }

    /// Opens a page; what the browser had to do for itself before is forgotten.
    fn go(&self, page: &Path) {
        let go = |address: String| post(&format!("{}/url", self.session), &json!({ "url": address }));
        go("about:blank".to_owned());
        for kind in ["performance", "browser"] {
            self.log(kind);
        }
        go(format!("file://{}", page.display()));
    }

    /// What a function body returns in the page.
    fn ask(&self, script: &str) -> Value {
        post(&format!("{}/execute/sync", self.session), &json!({ "script": script, "args": [] }))
    }

    /// The messages of a log since it was last read.
    fn log(&self, kind: &str) -> Vec<String> {
        let entries = post(&format!("{}/se/log", self.session), &json!({ "type": kind }));
        let message = |entry: &Value| entry["message"].as_str().unwrap_or_default().to_owned();
        entries.as_array().expect("a list").iter().map(message).collect()
    }

    /// The addresses of all that was asked for.
    fn requests(&self) -> Vec<String> {
        let address = |message: String| {
            let message: Value = serde_json::from_str(&message).ok()?;
            let is_request = message["message"]["method"] == "Network.requestWillBeSent";
            is_request.then(|| message["message"]["params"]["request"]["url"].as_str().unwrap_or_default().to_owned())
        };
        self.log("performance").into_iter().filter_map(address).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = ureq::delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn post(address: &str, body: &Value) -> Value {
    let mut reply = ureq::post(address).send_json(body).unwrap_or_else(|error| panic!("{address}: {error}"));
    reply.body_mut().read_json::<Value>().expect("JSON")["value"].take()
}

/// A page of five columns, some with names that would do harm as markup.
fn page(folder: &Path) -> PathBuf {
    let names = ["alpha", "<script>document.title='broken'</script>", "größe", "\"><img src=x onerror=alert(1)>", "数"];
    for (file, gain) in [("new.csv", 0.7), ("old.csv", 0.0)] {
        let mut rows = csv_line(names.iter().map(|&name| name.to_owned()));
        for row in 0..40 {
            let value =
                |column: usize| 10.0 + ((row * 7919 + column * 104_729) % 101) as f64 / 20.0 + gain * column as f64;
            rows += &csv_line((0..names.len()).map(|column| format!("{:.3}", value(column))));
        }
        std::fs::write(folder.join(file), rows).expect("a file of the test");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_permtest"))
        .args(["new.csv", "old.csv", "--all-columns", "--fail-on", "not-significant", "--compare", "-q"])
        .args(["--report", "page.html"])
        .current_dir(folder)
        .output()
        .expect("the built permtest");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    folder.join("page.html")
}

fn csv_line(fields: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = fields.map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
    quoted.join(",") + "\n"
}

#[test]
fn a_page_opens_without_an_error_or_a_request_and_can_be_sorted() {
    let Some(browser) = Browser::open(false) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = page(folder.path());
    browser.go(&page);

    assert_eq!(browser.ask("return document.title"), "5 columns: new (case) against old (control)");
    assert_eq!(browser.ask("return document.images.length + document.scripts.length"), 1);
    let columns = "return [...document.querySelectorAll('tbody a')].map(a => a.textContent)";
    let names = browser.ask(columns).as_array().expect("a list").clone();
    for name in ["<script>document.title='broken'</script>", "\"><img src=x onerror=alert(1)>"] {
        assert!(names.contains(&name.into()), "{names:?}");
    }

    // The heading of p-values, pressed once and again.
    let press = "[...document.querySelectorAll('th button')].find(b => b.textContent == 'p-value').click();";
    let keys = "const place = [...document.querySelectorAll('thead th')].findIndex(th => th.textContent == 'p-value');
        return [...document.querySelector('tbody').rows].map(row => Number(row.children[place].dataset.key))";
    let sorted = |descending: bool| {
        let keys = browser.ask(&format!("{press}{keys}"));
        let keys: Vec<f64> =
            keys.as_array().expect("a list").iter().map(|key| key.as_f64().expect("a number")).collect();
        assert_eq!(keys.len(), 5);
        assert!(keys.is_sorted_by(|a, b| if descending { a >= b } else { a <= b }), "{keys:?}");
        browser.ask("return document.querySelector('[aria-sort]:not([aria-sort=none])').getAttribute('aria-sort')")
    };
    assert_eq!(sorted(false), "ascending");
    assert_eq!(sorted(true), "descending");
    // By name, and each link leads to its section.
    browser.ask("document.querySelector('th button').click()");
    assert_eq!(browser.ask(columns)[4], "数");
    let leads =
        "return [...document.querySelectorAll('tbody a')].every(a => document.querySelector(a.getAttribute('href')))";
    assert_eq!(browser.ask(leads), true);

    let named = "return [...document.querySelectorAll('svg[role=img]')].every(svg => \
                 document.getElementById(svg.getAttribute('aria-labelledby')).textContent.includes('p-value'))";
    assert_eq!(browser.ask(named), true);
    // Nothing sticks out of a narrow window.
    assert_eq!(browser.ask("return document.documentElement.scrollWidth <= window.innerWidth"), true);

    let own = format!("file://{}", page.display());
    let others: Vec<String> = browser.requests().into_iter().filter(|address| *address != own).collect();
    assert_eq!(others, [""; 0], "nothing but the page itself is asked for");
    assert_eq!(browser.log("browser"), [""; 0], "the console is empty");
}

#[test]
fn its_policy_stops_what_would_be_added() {
    let Some(browser) = Browser::open(false) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = page(folder.path());
    let text = std::fs::read_to_string(&page).expect("the page");
    let changed =
        text.replace("<main>", "<main><script>document.title='broken'</script><img src='https://127.0.0.1:9/x.png'>");
    std::fs::write(&page, changed).expect("the page");
    browser.go(&page);
    assert_eq!(browser.ask("return document.title"), "5 columns: new (case) against old (control)");
    let complaints = browser.log("browser").join("\n");
    assert!(complaints.contains("script") && complaints.contains("x.png"), "{complaints}");
}

#[test]
fn a_dark_page_is_dark() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = page(folder.path());
    let colours = "const style = element => getComputedStyle(document.querySelector(element)); \
                   return [style('body').backgroundColor, style('svg.plot rect').fill, style('svg.plot text').fill]";
    for (is_dark, expected) in [
        (false, ["rgb(255, 255, 254)", "rgb(255, 255, 254)", "rgb(31, 41, 51)"]),
        (true, ["rgb(20, 24, 29)", "rgb(20, 24, 29)", "rgb(230, 234, 238)"]),
    ] {
        let Some(browser) = Browser::open(is_dark) else { return };
        browser.go(&page);
        let seen = browser.ask(&colours.replace("'svg.plot ", "'figure svg.plot "));
        assert_eq!(seen, json!(expected));
    }
}
