// A service provider of @node-saml/node-saml. IDP_METADATA is the URL of the metadata of its identity provider.
import { SAML, ValidateInResponseTo } from "@node-saml/node-saml";
import { ORIGIN, clear, serve } from "./web_app.mjs";

const SP = {
  issuer: `${ORIGIN}/metadata`,
  callbackUrl: `${ORIGIN}/acs`,
  logoutCallbackUrl: `${ORIGIN}/slo`,
  wantAuthnResponseSigned: false,
  validateInResponseTo: ValidateInResponseTo.ifPresent,
};

let made;
async function saml() {
  made ??= await (async () => {
    const metadata = await (await fetch(process.env.IDP_METADATA)).text();
    const tags = (name) => metadata.match(new RegExp(`<[\\w:]*${name} [^>]*>`, "g")) ?? [];
    const value = (tag, name) => tag && new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1].replaceAll("&amp;", "&");
    const byRedirect = (name) => value(tags(name).find((tag) => tag.includes("HTTP-Redirect")), "Location");
    return new SAML({
      ...SP,
      entryPoint: byRedirect("SingleSignOnService"),
      logoutUrl: byRedirect("SingleLogoutService"),
      idpIssuer: value(tags("EntityDescriptor")[0], "entityID"),
      idpCert: [...new Set([...metadata.matchAll(/X509Certificate>([^<]+)</g)].map((found) => found[1]))],
    });
  })();
  return made;
}

async function acs({ form, session }) {
  const { profile } = await (await saml()).validatePostResponseAsync(form);
  const acr = /AuthnContextClassRef[^>]*>([^<]*)</.exec(profile.getAssertionXml())?.[1];
  Object.assign(session, { user: profile.nameID, amr: profile.attributes?.amr, acr, profile });
  return "/";
}

async function logout({ session }) {
  const { profile } = session;
  clear(session);
  const known = await saml();
  if (!profile || known.options.logoutUrl === known.options.entryPoint) return "/";
  return known.getLogoutUrlAsync(profile, `${ORIGIN}/`, {});
}

// A request of the identity provider is answered; an answer of it ends a logout that began here.
async function slo({ url, form, session, post }) {
  const known = await saml();
  const fields = post ? form : Object.fromEntries(url.searchParams);
  const byPost = () => (form.SAMLRequest ? known.validatePostRequestAsync(form) : known.validatePostResponseAsync(form));
  const { profile, loggedOut } = await (post ? byPost() : known.validateRedirectAsync(fields, url.search.slice(1)));
  if (loggedOut) clear(session);
  return profile ? known.getLogoutResponseUrlAsync(profile, fields.RelayState ?? "", {}, true) : "/";
}

serve({
  "/login": async () => (await saml()).getAuthorizeUrlAsync("", undefined, {}),
  "/acs": acs,
  "/logout": logout,
  "/slo": slo,
  // Known before the identity provider is.
  "/metadata": () => new SAML({ ...SP, idpCert: "none yet" }).generateServiceProviderMetadata(null, null),
});
