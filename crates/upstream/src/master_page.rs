//! The link to an application's driver in the master's page `/app/?appId=…`; `/json/` does not contain it.

use url::Url;

/// Text of the link, the same from Spark 3.5 to 4.3 (`ApplicationPage.scala`).
const ANCHOR_TEXT: &str = "Application Detail UI</a>";
/// Longest URL that is accepted, bytes.
const LONGEST: usize = 2048;

/// The driver's URL from the link with the known text; `None` once the application has ended.
///
/// The page also shows application names, but escapes them, so a name cannot forge a link.
#[must_use]
pub fn driver_link(page: &str, page_url: &Url) -> Option<Url> {
    let before = page.split_once(ANCHOR_TEXT)?.0;
    let anchor = before.rsplit_once("<a ")?.1;
    let href = anchor.split_once("href=\"")?.1.split_once('"')?.0;
    let href = Some(href).filter(|href| href.len() <= LONGEST)?;
    let url = page_url.join(&href.replace("&amp;", "&")).ok()?;
    let clean = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none();
    clean.then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(page: &str) -> Option<String> {
        let page_url = Url::parse("http://master:8090/app/?appId=app-1").unwrap();
        driver_link(page, &page_url).map(String::from)
    }

    #[test]
    fn the_recorded_pages_of_a_real_master_name_the_driver_in_both_modes() {
        macro_rules! recorded {
            ($page:literal) => {
                include_str!(concat!("../../../tests/fixtures/spark-4.3.0/master_", $page, ".html"))
            };
        }
        let direct = link(recorded!("app_page_direct")).unwrap();
        assert!(direct.starts_with("http://127.0.0.1:"), "{direct}");
        let proxied = link(recorded!("app_page_reverse_proxy")).unwrap();
        assert!(proxied.starts_with("http://master:8090/proxy/app-"), "{proxied}");
        for home in [recorded!("home_page_direct"), recorded!("home_page_reverse_proxy")] {
            assert_eq!(link(home), None, "the home page, which answers every unknown path, names no driver");
        }
    }

    #[test]
    fn only_the_anchor_with_the_known_text_counts() {
        let page = "<a href=\"/\">Master</a> <li><a href=\"http://driver:4040\">Application Detail UI</a></li>";
        assert_eq!(link(page).as_deref(), Some("http://driver:4040/"));
        assert_eq!(link("<a href=\"http://driver:4040\">Something else</a>"), None);
    }

    #[test]
    fn a_relative_link_belongs_to_the_master() {
        let page = "<a href=\"/proxy/app-1\">Application Detail UI</a>";
        assert_eq!(link(page).as_deref(), Some("http://master:8090/proxy/app-1"));
    }

    #[test]
    fn other_schemes_credentials_and_broken_pages_are_no_link() {
        for href in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "ftp://driver/",
            "http://a:b@driver",
            "http://d/?x=1",
            "http://",
            &format!("http://driver/{}", "x".repeat(LONGEST)),
        ] {
            assert_eq!(link(&format!("<a href=\"{href}\">Application Detail UI</a>")), None, "{href}");
        }
        for page in ["", "Application Detail UI</a>", "<a >Application Detail UI</a>", "<a href=\"x"] {
            assert_eq!(link(page), None, "{page}");
        }
    }
}
