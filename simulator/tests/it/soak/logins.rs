//! A login of each kind, from its first request to its logout.

use reqwest::Method;

use super::visitor::{Outcome, Visitor};
use crate::support::browser::Page;

pub(super) const KEY: &str = "ci-key";
pub(super) const SECRET: &str = "ci-secret-1";
pub(super) const PASSWORD: &str = "Right-password-1";
pub(super) const TOKEN: &str = "4jEAKuW3a4g33x2zsX11BkrsB";

/// A kind of login.
#[derive(Debug, Clone, Copy, strum::EnumIter)]
pub(super) enum Kind {
    Totp,
    Saml,
    Oidc,
    Oauth,
    Soap,
}

impl Kind {
    pub(super) async fn log_in(self, visitor: &Visitor<'_>) -> Outcome {
        match self {
            Self::Totp => totp(visitor).await,
            Self::Saml => {
                let start =
                    format!("/saml/authn-request.jsp?samlSsoConfig={}", visitor.realm.trust("okta").unwrap().config_id);
                sso(visitor, &start).await
            }
            Self::Oidc => sso(visitor, "/services/auth/sso/corp").await,
            Self::Oauth => oauth(visitor).await,
            Self::Soap => soap(visitor).await,
        }
    }
}

/// Username, password, TOTP code.
async fn totp(visitor: &Visitor<'_>) -> Outcome {
    let username = visitor.realm.users.get("rep").unwrap().username;
    let first = visitor.open(&visitor.at("/")).await?;
    let second = visitor.submit(&first, "login_form", &[("username", &username)]).await?;
    let asked = visitor.submit(&second, "login_form", &[("pw", PASSWORD)]).await?;
    let home = visitor.submit(&asked, "editPage", &[("tc", &visitor.next_code())]).await?;
    at_home(&home)?;
    visitor.open(&visitor.at("/secur/logout.jsp")).await.map(drop)
}

async fn sso(visitor: &Visitor<'_>, start: &str) -> Outcome {
    let page = visitor.open(&visitor.at(start)).await?;
    at_home(&visitor.go_on(page).await?)?;
    visitor.open(&visitor.at("/secur/logout.jsp")).await.map(drop)
}

async fn oauth(visitor: &Visitor<'_>) -> Outcome {
    let form = [("grant_type", "client_credentials"), ("client_id", KEY), ("client_secret", SECRET)];
    let tokens = visitor.json(visitor.request(Method::POST, "/services/oauth2/token").form(&form)).await?;
    let token = tokens["access_token"].as_str().unwrap_or_default();
    let userinfo = visitor.request(Method::GET, "/services/oauth2/userinfo").bearer_auth(token);
    let user = visitor.json(userinfo).await?;
    if user["nickname"] != "rep" {
        return Err(format!("not the user of the app: {user}"));
    }
    let revoke = visitor.request(Method::POST, "/services/oauth2/revoke").form(&[("token", token)]);
    let (status, body) = visitor.call(revoke).await?;
    if status == 200 { Ok(()) } else { Err(format!("revoke answers {status}: {body}")) }
}

async fn soap(visitor: &Visitor<'_>) -> Outcome {
    let username = visitor.realm.users.get("rep").unwrap().username;
    let login = format!("<username>{username}</username><password>{PASSWORD}{TOKEN}</password>");
    let answer = called(visitor, "", "login", &login).await?;
    let session = answer.split_once("<sessionId>").and_then(|(_, rest)| rest.split_once("</sessionId>"));
    let Some((session, _)) = session else { return Err(format!("no session: {answer}")) };
    let who = called(visitor, session, "getUserInfo", "").await?;
    if !who.contains(&username) {
        return Err(format!("not the user who logged in: {who}"));
    }
    called(visitor, session, "logout", "").await.map(drop)
}

/// The answer to a call of the partner API.
async fn called(visitor: &Visitor<'_>, session: &str, operation: &str, arguments: &str) -> Outcome<String> {
    let namespace = "urn:partner.soap.sforce.com";
    let call = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header><SessionHeader xmlns=\"{namespace}\">\
         <sessionId>{session}</sessionId></SessionHeader></e:Header><e:Body><{operation} xmlns=\"{namespace}\">{arguments}\
         </{operation}></e:Body></e:Envelope>"
    );
    let request = visitor.request(Method::POST, "/services/Soap/u/59.0").header("content-type", "text/xml");
    let (status, body) = visitor.call(request.header("soapaction", "\"\"").body(call)).await?;
    if status == 200 { Ok(body) } else { Err(format!("{operation} answers {status}: {body}")) }
}

fn at_home(page: &Page) -> Outcome {
    if page.name() == "home" { Ok(()) } else { Err(format!("at {} in place of home: {}", page.name(), page.body)) }
}
