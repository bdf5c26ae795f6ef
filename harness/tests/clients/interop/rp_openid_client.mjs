// A relying party of openid-client. ISSUER is its OpenID provider; CLIENT_ID and CLIENT_SECRET are what it is known by there.
// Logout tokens are verified by jose, which openid-client is made with.
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as client from "openid-client";
import { ORIGIN, clear, serve } from "./web_app.mjs";

const { ISSUER, CLIENT_ID = "my-app", CLIENT_SECRET = "my-secret" } = process.env;
const redirect_uri = `${ORIGIN}/callback`;

let discovered;
async function provider() {
  discovered ??= await client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET);
  // Otherwise it relies on TLS alone, and reads no signature of an ID token that comes from the token endpoint.
  client.enableNonRepudiationChecks(discovered);
  return discovered;
}

async function login({ session }) {
  const config = await provider();
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  session.asked = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  return client.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: "openid",
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  }).href;
}

async function callback({ url, session }) {
  const { asked } = session;
  delete session.asked;
  if (!asked) throw new Error("this browser has not asked");
  const tokens = await client.authorizationCodeGrant(await provider(), url, asked);
  const { sub, sid, amr, acr } = tokens.claims();
  Object.assign(session, { user: sub, amr, acr, sid, idToken: tokens.id_token });
  signedIn.add(session);
  return "/";
}

// OpenID Connect Back-Channel Logout 1.0, 2.6 and 2.7.
const signedIn = new Set();
const used = new Set();
let keys;
async function backChannelLogout({ form }) {
  keys ??= createRemoteJWKSet(new URL((await provider()).serverMetadata().jwks_uri));
  const requiredClaims = ["iat", "exp", "jti", "events"];
  const expected = { issuer: ISSUER, audience: CLIENT_ID, maxTokenAge: "5m", requiredClaims };
  const { payload } = await jwtVerify(form.logout_token, keys, expected);
  const { events, jti, sid, sub } = payload;
  const event = events?.["http://schemas.openid.net/event/backchannel-logout"];
  if (typeof event !== "object" || "nonce" in payload || !(sid || sub)) throw new Error("this is no logout token");
  if (used.has(jti)) throw new Error("it was used before");
  used.add(jti);
  for (const session of signedIn) if (sid ? session.sid === sid : session.user === sub) clear(session);
  return "/";
}

async function logout({ session }) {
  const { idToken } = session;
  clear(session);
  if (!idToken) return "/";
  const asked = { post_logout_redirect_uri: `${ORIGIN}/`, id_token_hint: idToken };
  return client.buildEndSessionUrl(await provider(), asked).href;
}

serve({ "/login": login, "/callback": callback, "/logout": logout, "/back-channel-logout": backChannelLogout });
