//! The step that a page takes by itself in a browser: a form that posts itself, or a refresh.

use scraper::{ElementRef, Html, Selector};
use url::Url;

/// A request that a page makes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SelfStep {
    /// Goes to an address.
    Get(Url),
    /// Posts a form.
    Post {
        /// Where it goes.
        url: Url,
        /// Its fields, in order.
        fields: Vec<(String, String)>,
    },
}

/// The step of this page, if it takes one without a person. `base` is its own address.
pub(super) fn self_step(body: &str, base: &Url) -> Option<SelfStep> {
    let html = Html::parse_document(body);
    let base =
        first(&html, "base[href]").and_then(|tag| base.join(tag.attr("href")?).ok()).unwrap_or_else(|| base.clone());
    refresh(&html, &base).or_else(|| own_form(&html, &base))
}

/// A form with the message of a protocol, or the only form of a page that says that it submits itself.
fn own_form(html: &Html, base: &Url) -> Option<SelfStep> {
    let forms: Vec<ElementRef<'_>> = all(html, "form");
    let form = forms.iter().find(|form| has_message(form));
    let form = form.or_else(|| forms.first().filter(|form| forms.len() == 1 && asks_nobody(form) && submits(html)))?;
    let mut url = base.join(form.attr("action").unwrap_or_default().trim()).ok()?;
    let fields = fields(form);
    if form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post")) {
        return Some(SelfStep::Post { url, fields });
    }
    url.query_pairs_mut().clear().extend_pairs(fields);
    Some(SelfStep::Get(url))
}

/// What a browser submits without a click on a button (HTML, "constructing the entry list").
fn fields(form: &ElementRef<'_>) -> Vec<(String, String)> {
    let Ok(inputs) = Selector::parse("input[name], textarea[name]") else { return Vec::new() };
    let submitted = form.select(&inputs).filter_map(|input| {
        let kind = input.attr("type").unwrap_or("text").to_ascii_lowercase();
        let unchecked = matches!(kind.as_str(), "checkbox" | "radio") && input.attr("checked").is_none();
        let button = matches!(kind.as_str(), "submit" | "button" | "image" | "reset" | "file");
        if unchecked || button || input.attr("disabled").is_some() {
            return None;
        }
        let value = match input.value().name() {
            "textarea" => input.text().collect(),
            _ => input.attr("value").unwrap_or_default().to_owned(),
        };
        Some((input.attr("name")?.to_owned(), value))
    });
    submitted.collect()
}

/// Whether a hidden field carries a message of a protocol. A field that a person fills may have the same name.
fn has_message(form: &ElementRef<'_>) -> bool {
    let Ok(inputs) = Selector::parse("input[name][type]") else { return false };
    form.select(&inputs).any(|input| {
        let hidden = input.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"));
        hidden && input.attr("name").is_some_and(|name| MESSAGES.contains(&name))
    })
}

/// Whether a form has no field that a person fills.
fn asks_nobody(form: &ElementRef<'_>) -> bool {
    let Ok(inputs) = Selector::parse("input, select, textarea") else { return false };
    let mut inputs = form.select(&inputs);
    inputs.all(|input| matches!(input.attr("type"), Some("hidden" | "submit" | "button" | "image")))
}

/// Whether a page submits a form by script.
fn submits(html: &Html) -> bool {
    let on_load = first(html, "body[onload]").and_then(|body| body.attr("onload"));
    let scripts = all(html, "script").into_iter().map(|script| script.text().collect::<String>());
    on_load.map(str::to_owned).into_iter().chain(scripts).any(|script| script.contains("submit("))
}

/// `<meta http-equiv="refresh" content="0; url=…">`.
fn refresh(html: &Html, base: &Url) -> Option<SelfStep> {
    let meta = all(html, "meta[http-equiv][content]");
    let meta =
        meta.iter().find(|meta| meta.attr("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("refresh")))?;
    let (seconds, rest) = meta.attr("content")?.split_once([';', ','])?;
    let soon = seconds.trim().parse::<f32>().is_ok_and(|seconds| seconds <= SOON);
    let (name, url) = rest.split_once('=')?;
    let url = url.trim().trim_matches(['\'', '"']);
    (soon && name.trim().eq_ignore_ascii_case("url")).then(|| base.join(url).ok()).flatten().map(SelfStep::Get)
}

fn first<'a>(html: &'a Html, selector: &str) -> Option<ElementRef<'a>> {
    all(html, selector).into_iter().next()
}

fn all<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(selector).map(|selector| html.select(&selector).collect()).unwrap_or_default()
}

/// Fields that carry a message of SAML or OpenID Connect from one party to the other.
const MESSAGES: [&str; 6] = ["SAMLRequest", "SAMLResponse", "SAMLart", "code", "id_token", "wresult"];
/// A refresh after more seconds is for people.
const SOON: f32 = 5.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn step(body: &str) -> Option<SelfStep> {
        self_step(body, &"http://localhost:3000/a/b?c=d".parse().unwrap())
    }

    fn post(url: &str, fields: &[(&str, &str)]) -> Option<SelfStep> {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Some(SelfStep::Post { url: url.parse().unwrap(), fields })
    }

    #[test]
    fn a_form_with_a_message_posts_itself_and_its_values_are_unescaped() {
        let page = r#"<form method="POST" action="/acs"><input type=hidden name=SAMLResponse value="a&amp;b&#43;&lt;">
            <input type=hidden name=RelayState value=""><noscript><input type=submit name=go value=Go></noscript></form>"#;
        assert_eq!(step(page), post("http://localhost:3000/acs", &[("SAMLResponse", "a&b+<"), ("RelayState", "")]));
    }

    #[test]
    fn a_page_that_submits_its_only_form_by_script_does_so() {
        let page = |script: &str| format!("<body {script}><form method=post><input type=hidden name=x value=1></form>");
        let posted = post("http://localhost:3000/a/b?c=d", &[("x", "1")]);
        assert_eq!(step(&page("onload='document.forms[0].submit()'")), posted);
        assert_eq!(step(&page("><script>document.forms[0].submit()</script")), posted);
        assert_eq!(step(&page("")), None);
    }

    #[test]
    fn a_field_that_a_person_fills_is_no_message() {
        assert_eq!(step("<form method=post><input name=code><input type=hidden name=csrf value=1></form>"), None);
    }

    #[test]
    fn a_form_that_a_person_fills_is_left_alone() {
        let page = "<body onload='x.submit()'><form method=post><input name=user><input type=password name=pw></form>";
        assert_eq!(step(page), None);
        let two =
            "<body onload='x.submit()'><form><input type=hidden name=a></form><form><input type=hidden name=b></form>";
        assert_eq!(step(two), None);
    }

    #[test]
    fn a_form_without_a_method_goes_to_its_address_and_a_refresh_too() {
        let get = |url: &str| Some(SelfStep::Get(url.parse().unwrap()));
        let form =
            "<base href='http://localhost:4000/x/'><form action=cb><input type=hidden name=code value='1 2'></form>";
        assert_eq!(step(form), get("http://localhost:4000/x/cb?code=1+2"));
        assert_eq!(step("<meta http-equiv=Refresh content=\"0; URL='/home'\">"), get("http://localhost:3000/home"));
        assert_eq!(step("<meta http-equiv=refresh content='300;url=/home'>"), None);
    }
}
