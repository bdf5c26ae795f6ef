// What openid-client can use of what an OpenID provider advertises, used: each login, call and token is checked by it, and what
// was used is printed as JSON, by the name of the list in the discovery document. ISSUER is the provider, which registers
// clients; NAME and PASSWORD are those of a user.
import { createServer } from "node:http";
import { SignJWT, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from "jose";
import * as client from "openid-client";

const { ISSUER, NAME, PASSWORD } = process.env;
const used = {};
const uses = (list, ...values) => values.forEach((value) => (used[list] ??= new Set()).add(value));
const assert = (holds, what) => {
  if (!holds) throw new Error(`failed: ${what}`);
};

// What the provider fetches and posts to: the request objects of a client, and its logout address.
const objects = new Map();
const told = [];
const here = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  if (request.method === "POST") told.push(new URLSearchParams(body).get("logout_token"));
  response.end(objects.get(request.url) ?? "");
});
await new Promise((ready) => here.listen(0, "127.0.0.1", ready));
const ORIGIN = `http://127.0.0.1:${here.address().port}`;
const redirect_uri = `${ORIGIN}/callback`;

// A browser without scripts.
function browser() {
  const cookies = new Map();
  const sent = async (url, options = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, { ...options, headers: { ...options.headers, cookie }, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]*)=([^;]*)/.exec(line);
      cookies.set(name, value);
    }
    return answer;
  };
  // Goes on until the browser would ask the client: as a URL, or as the request of a form. `pages` tells which pages came.
  const arrives = async (url, pages = []) => {
    let answer = await sent(url);
    for (let step = 0; step < 12; step++) {
      const location = answer.headers.get("location");
      if (location) {
        const next = new URL(location, url);
        if (next.origin === ORIGIN) return next;
        answer = await sent((url = next));
        continue;
      }
      const page = await answer.text();
      assert(answer.status < 400, `${url}: ${answer.status} ${page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").slice(0, 300)}`);
      const { action, fields, typed } = form(page, url);
      if (!action) return page;
      if (action.origin === ORIGIN) return new Request(action, { method: "POST", body: new URLSearchParams(fields) });
      pages.push(/<title>([^<]*)/.exec(page)?.[1]);
      if (typed) Object.assign(fields, { username: NAME, password: PASSWORD });
      answer = await sent((url = action), { method: "POST", body: new URLSearchParams(fields) });
    }
    throw new Error(`no end: ${url}`);
  };
  return { arrives, sent };
}

const unescaped = (text) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replaceAll("&amp;", "&");

// Where a form of a page goes, its fields with the first button, and whether a person types into it.
function form(page, base) {
  const [, attributes, inner] = /<form([^>]*)>([\s\S]*?)<\/form>/.exec(page) ?? [];
  if (inner === undefined) return {};
  const action = new URL(unescaped(/action="([^"]*)"/.exec(attributes)?.[1] ?? ""), base);
  const fields = {};
  for (const [input] of inner.matchAll(/<(?:input|button)[^>]*>/g)) {
    const [name, value] = ["name", "value"].map((key) => new RegExp(`\\b${key}="([^"]*)"`).exec(input)?.[1]);
    const twice = /type="(radio|submit)"|^<button/.test(input) && name in fields;
    const unticked = /type="checkbox"/.test(input) && !/\bchecked\b/.test(input);
    if (name && !twice && !unticked) fields[name] = unescaped(value ?? "");
  }
  return { action, fields, typed: /type="password"/.test(inner) };
}

// A client with these metadata, and its configuration.
async function registered(metadata = {}, auth, options = {}) {
  const grant_types = ["authorization_code", "refresh_token", ...(metadata.grant_types ?? [])];
  const all = { redirect_uris: [redirect_uri], ...metadata, grant_types };
  const config = await client.dynamicClientRegistration(new URL(ISSUER), all, auth);
  if (!options.plain) client.enableNonRepudiationChecks(config);
  return config;
}

// Signs in by the authorization code, and checks everything that comes back.
async function signedIn(config, wanted = {}, { grant, built, visitor = browser(), pages = [], checks = {} } = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const asked = {
    redirect_uri,
    scope: "openid profile email offline_access",
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    ...wanted,
  };
  const url = built ? await built(asked) : client.buildAuthorizationUrl(config, asked);
  let answer = await visitor.arrives(url, pages);
  // What the script of a page does with an answer in the fragment.
  if (answer.hash?.startsWith("#response=")) answer = new URL(`${redirect_uri}?${answer.hash.slice(1)}`);
  assert(answer instanceof URL || answer instanceof Request, `${url}: ${answer}`);
  const all = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true, ...checks };
  const tokens = await client.authorizationCodeGrant(config, answer, all, undefined, grant);
  uses("claims_supported", ...Object.keys(tokens.claims()));
  uses("code_challenge_methods_supported", "S256");
  uses("grant_types_supported", "authorization_code");
  return { tokens, answer };
}

const alg = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url")).alg;

async function keys(algorithm, options = {}) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true, ...options });
  const kid = `key-${algorithm}`;
  const use = algorithm.startsWith("RSA-") || algorithm.startsWith("ECDH") ? "enc" : "sig";
  return { privateKey, kid, jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: algorithm, use }] } };
}

const SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

// Secrets, scopes, refresh, revocation, introspection, UserInfo.
for (const [name, auth] of [
  ["client_secret_basic", client.ClientSecretBasic],
  ["client_secret_post", client.ClientSecretPost],
  ["client_secret_jwt", client.ClientSecretJwt],
]) {
  const config = await registered({ token_endpoint_auth_method: name }, auth());
  const { tokens } = await signedIn(config, { max_age: 3600 }, { checks: { maxAge: 3600 } });
  uses("token_endpoint_auth_methods_supported", name);
  if (name === "client_secret_jwt") uses("token_endpoint_auth_signing_alg_values_supported", "HS256");
  const user = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert(user.email && user.preferred_username, "the claims of the scopes");
  uses("claims_supported", "email", "preferred_username");
  uses("scopes_supported", "openid", "profile", "email");
  const again = await client.refreshTokenGrant(config, tokens.refresh_token);
  uses("scopes_supported", "offline_access");
  uses("grant_types_supported", "refresh_token");
  assert((await client.tokenIntrospection(config, again.access_token)).active, "the token is good");
  await client.tokenRevocation(config, again.access_token);
  assert(!(await client.tokenIntrospection(config, again.access_token)).active, "the token is revoked");
  uses("endpoints", "introspection_endpoint", "revocation_endpoint", "userinfo_endpoint", "registration_endpoint");
}
uses("subject_types_supported", "public");
await signedIn(await registered({ token_endpoint_auth_method: "none" }, client.None()));
uses("token_endpoint_auth_methods_supported", "none");

// Keys of the client: assertions, request objects by value and by reference, DPoP.
for (const algorithm of [...SIGNATURES, "Ed25519"]) {
  const { privateKey, kid, jwks } = await keys(algorithm.replace("Ed25519", "EdDSA"));
  const signer = { key: privateKey, kid };
  // By itself it writes the newer of the two names (RFC 9864).
  const named = { [client.modifyAssertion]: (header) => void (algorithm === "EdDSA" && (header.alg = algorithm)) };
  const by = client.PrivateKeyJwt(signer, named);
  const config = await registered({ token_endpoint_auth_method: "private_key_jwt", jwks }, by);
  const built = async (asked) => {
    const url = await client.buildAuthorizationUrlWithJAR(config, asked, signer, named);
    assert(alg(url.searchParams.get("request")) === algorithm, "the algorithm of the request object");
    return url;
  };
  await signedIn(config, {}, { built });
  uses("token_endpoint_auth_methods_supported", "private_key_jwt");
  uses("token_endpoint_auth_signing_alg_values_supported", algorithm);
  uses("request_object_signing_alg_values_supported", algorithm);
  uses("flags", "request_parameter_supported");

  const pair = await client.randomDPoPKeyPair(algorithm.replace("EdDSA", "Ed25519"));
  const bound = client.getDPoPHandle(config, pair, named);
  const { tokens } = await signedIn(config, {}, { grant: { DPoP: bound } });
  assert(tokens.token_type === "dpop", tokens.token_type);
  await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP: bound });
  uses("dpop_signing_alg_values_supported", algorithm);
}
{
  const { privateKey, kid, jwks } = await keys("ES256");
  const config = await registered({ jwks, request_uris: [`${ORIGIN}/object`] }, client.ClientSecretBasic());
  const built = async (asked) => {
    const url = await client.buildAuthorizationUrlWithJAR(config, asked, { key: privateKey, kid });
    objects.set("/object", url.searchParams.get("request"));
    url.searchParams.delete("request");
    url.searchParams.set("request_uri", `${ORIGIN}/object`);
    return url;
  };
  await signedIn(config, {}, { built });
  uses("flags", "request_uri_parameter_supported");
  await signedIn(config, {}, { built: (asked) => client.buildAuthorizationUrlWithPAR(config, asked) });
  uses("endpoints", "pushed_authorization_request_endpoint");
}

// A request object that the secret of the client signs, which openid-client leaves to jose.
for (const algorithm of ["HS256", "HS384", "HS512"]) {
  const config = await registered({}, client.ClientSecretBasic());
  const { client_id, client_secret } = config.clientMetadata();
  const built = async (asked) => {
    const claims = { ...asked, client_id, response_type: "code", iss: client_id, aud: ISSUER };
    const signed = new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: "oauth-authz-req+jwt" }).setIssuedAt();
    const request = await signed.setExpirationTime("1m").sign(new TextEncoder().encode(client_secret));
    return client.buildAuthorizationUrl(config, { request });
  };
  await signedIn(config, {}, { built });
  uses("request_object_signing_alg_values_supported", algorithm);
}

// How the provider signs and encrypts.
for (const algorithm of SIGNATURES) {
  const metadata = { id_token_signed_response_alg: algorithm, userinfo_signed_response_alg: algorithm };
  const config = await registered(metadata, client.ClientSecretBasic());
  const { tokens } = await signedIn(config);
  assert(alg(tokens.id_token) === algorithm, alg(tokens.id_token));
  await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  uses("id_token_signing_alg_values_supported", algorithm);
  uses("userinfo_signing_alg_values_supported", algorithm);
}
for (const algorithm of ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES"]) {
  for (const content of ["A128CBC-HS256", "A128GCM", "A256GCM"]) {
    const { privateKey, kid, jwks } = await keys(algorithm, algorithm === "ECDH-ES" ? { crv: "P-256" } : {});
    const metadata = { jwks };
    for (const what of ["id_token", "userinfo"]) {
      metadata[`${what}_encrypted_response_alg`] = algorithm;
      metadata[`${what}_encrypted_response_enc`] = content;
    }
    metadata.userinfo_signed_response_alg = "RS256";
    const config = await registered(metadata, client.ClientSecretBasic());
    client.enableDecryptingResponses(config, [content], { key: privateKey, alg: algorithm, kid });
    const { tokens } = await signedIn(config);
    await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    for (const what of ["id_token", "userinfo"]) {
      uses(`${what}_encryption_alg_values_supported`, algorithm);
      uses(`${what}_encryption_enc_values_supported`, content);
    }
  }
}
{
  const config = await registered({ subject_type: "pairwise" }, client.ClientSecretBasic());
  const { tokens } = await signedIn(config);
  assert(tokens.claims().sub !== NAME, "the subject is another one for each client");
  uses("subject_types_supported", "pairwise");
}

// Response types and modes.
{
  const config = await registered({ response_types: ["code"] }, client.ClientSecretBasic());
  const { answer } = await signedIn(config);
  assert(answer.searchParams.get("iss") === ISSUER, "the answer names its issuer");
  uses("flags", "authorization_response_iss_parameter_supported");
  uses("response_types_supported", "code");
  uses("response_modes_supported", "query");
  await signedIn(config, { response_mode: "form_post" });
  uses("response_modes_supported", "form_post");
  const claims = JSON.stringify({ id_token: { email: { essential: true } } });
  const { tokens } = await signedIn(config, { scope: "openid", claims });
  assert(tokens.claims().email, "the claim that was asked for");
  uses("flags", "claims_parameter_supported");
}
for (const mode of ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"]) {
  const config = await registered({}, client.ClientSecretBasic());
  client.useJwtResponseMode(config);
  const { answer } = await signedIn(config, { response_mode: mode });
  const sent = answer instanceof URL ? answer.searchParams : new URLSearchParams();
  assert(!sent.has("code"), "the answer is a JWT");
  uses("response_modes_supported", mode);
  uses("authorization_signing_alg_values_supported", "RS256");
}
{
  const metadata = { response_types: ["id_token"], grant_types: ["implicit"] };
  const config = await registered(metadata, client.None());
  client.useIdTokenResponseType(config);
  const [nonce, state] = [client.randomNonce(), client.randomState()];
  const asked = { redirect_uri, scope: "openid", nonce, state };
  const answer = await browser().arrives(client.buildAuthorizationUrl(config, asked));
  await client.implicitAuthentication(config, answer, nonce, { expectedState: state });
  uses("response_types_supported", "id_token");
  uses("response_modes_supported", "fragment");
  uses("grant_types_supported", "implicit");
}
{
  const config = await registered({ response_types: ["code id_token"], grant_types: ["implicit"] }, client.ClientSecretBasic());
  client.useCodeIdTokenResponseType(config);
  const { answer } = await signedIn(config, { scope: "openid" });
  const idToken = new URLSearchParams(answer.hash.slice(1)).get("id_token");
  // openid-client compares c_hash with the code before it redeems it.
  uses("claims_supported", ...Object.keys(JSON.parse(Buffer.from(idToken.split(".")[1], "base64url"))));
  uses("response_types_supported", "code id_token");
  const detached = await registered({ response_types: ["code id_token"], grant_types: ["implicit"] }, client.ClientSecretBasic());
  client.useCodeIdTokenResponseType(detached);
  client.enableDetachedSignatureResponseChecks(detached);
  await signedIn(detached, { scope: "openid" });
  uses("claims_supported", "s_hash");
}

// Grants without a redirect.
{
  const grants = ["client_credentials", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange"];
  const config = await registered({ grant_types: grants }, client.ClientSecretBasic());
  const own = await client.clientCredentialsGrant(config, {});
  assert(own.access_token, "a token of the client");
  uses("grant_types_supported", grants[0]);

  const device = await client.initiateDeviceAuthorization(config, { scope: "openid" });
  await browser().arrives(new URL(device.verification_uri_complete));
  const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.1 });
  assert(tokens.claims().sub, "the user of the device");
  uses("grant_types_supported", grants[1]);
  uses("endpoints", "device_authorization_endpoint");

  const subject = { subject_token: tokens.access_token, subject_token_type: "urn:ietf:params:oauth:token-type:access_token" };
  const exchanged = await client.genericGrantRequest(config, grants[2], subject);
  assert(exchanged.access_token && exchanged.access_token !== tokens.access_token, "another token");
  uses("grant_types_supported", grants[2]);
}

// Values of `prompt`: which pages come, and that none comes.
{
  const config = await registered({}, client.ClientSecretBasic());
  const visitor = browser();
  const pages = async (prompt) => {
    const shown = [];
    await signedIn(config, prompt ? { prompt } : {}, { visitor, pages: shown });
    return shown;
  };
  await pages();
  assert((await pages("none")).length === 0, "no page comes");
  for (const prompt of ["login", "consent", "select_account"]) assert((await pages(prompt)).length > 0, `a page comes for ${prompt}`);
  uses("prompt_values_supported", "none", "login", "consent", "select_account");
}

// Logouts: the browser loads a page of the client, the provider posts a token, and the browser comes back.
{
  const metadata = {
    frontchannel_logout_uri: `${ORIGIN}/frame`,
    backchannel_logout_uri: `${ORIGIN}/told`,
    post_logout_redirect_uris: [`${ORIGIN}/after`],
  };
  const config = await registered(metadata, client.ClientSecretBasic());
  const visitor = browser();
  const { tokens } = await signedIn(config, {}, { visitor });
  const { sid } = tokens.claims();
  const out = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: `${ORIGIN}/after` });
  const page = await (await visitor.sent(out)).text();
  const frame = new URL(unescaped(/<iframe[^>]* src="([^"]*)"/.exec(page)[1]));
  assert(frame.searchParams.get("iss") === ISSUER && frame.searchParams.get("sid") === sid, `the frame: ${frame}`);
  assert(page.includes(`${ORIGIN}/after`), "the way back");
  const { client_id } = config.clientMetadata();
  const expected = { issuer: ISSUER, audience: client_id, typ: "logout+jwt" };
  const { payload } = await jwtVerify(told[0], createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri)), expected);
  assert(payload.sid === sid && !payload.nonce, "the logout token names the session");
  for (const channel of ["frontchannel", "backchannel"]) uses("flags", `${channel}_logout_supported`, `${channel}_logout_session_supported`);
  uses("endpoints", "end_session_endpoint");
}

uses("endpoints", "authorization_endpoint", "token_endpoint");
console.log(JSON.stringify(Object.fromEntries(Object.entries(used).map(([name, values]) => [name, [...values].sort()]))));
here.close();
