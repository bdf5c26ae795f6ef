// jsforce, called as the first argument says. Says one line of JSON: whom the org took it for, or the error as jsforce has it.
import { createRequire } from "node:module";

const { Connection, OAuth2 } = createRequire(import.meta.url)("jsforce");

const env = process.env;
const loginUrl = env.VESTIBULE_ORG_URL;
const sharedLoginUrl = new URL(env.VESTIBULE_SHARED_LOGIN_URL).origin;
const username = env.VESTIBULE_USERNAME;
const password = `${env.VESTIBULE_PASSWORD}${env.INTEROP_TOKEN}`;
const redirectUri = "http://localhost:1717/OauthRedirect";
const app = { clientId: env.INTEROP_KEY, clientSecret: env.INTEROP_SECRET };

// Who the session is of, by the identity URL and by a query.
async function who(connection) {
  const identity = await connection.identity();
  const found = await connection.query(`SELECT Username FROM User WHERE Id = '${identity.user_id}'`);
  if (found.totalSize !== 1 || found.records[0].Username !== identity.username) {
    throw new Error(`identity and query differ: ${JSON.stringify([identity, found])}`);
  }
  return identity.username;
}

async function bySoap(options, typed = password) {
  const connection = new Connection({ loginUrl, ...options });
  await connection.login(username, typed);
  return connection;
}

async function byPassword(options) {
  const connection = new Connection({ oauth2: { loginUrl, ...app, ...options } });
  await connection.login(username, password);
  return connection;
}

// The code that the org sends to the app. The user is signed in: the access token is the session of a browser.
async function code(oauth2) {
  const cookie = `sid=${env.VESTIBULE_ACCESS_TOKEN}`;
  let url = new URL(oauth2.getAuthorizationUrl({ scope: "api refresh_token" }));
  while (!url.href.startsWith(redirectUri)) {
    const answer = await fetch(url, { redirect: "manual", headers: { cookie } });
    const location = answer.headers.get("location");
    if (!location) throw new Error(`no redirect: ${answer.status} ${await answer.text()}`);
    url = new URL(location, url);
  }
  const refused = url.searchParams.get("error");
  if (refused) throw Object.assign(new Error(url.searchParams.get("error_description")), { name: refused });
  return url.searchParams.get("code");
}

async function byCode(options = { useVerifier: true }) {
  const oauth2 = new OAuth2({ loginUrl, redirectUri, ...app, ...options });
  const connection = new Connection({ oauth2 });
  await connection.authorize(await code(oauth2));
  return connection;
}

const calls = {
  soap: async () => who(await bySoap()),
  "soap at the shared host": async () => who(await bySoap({ loginUrl: sharedLoginUrl })),
  "soap, wrong password": async () => who(await bySoap({}, "wrong")),
  "soap, no token": async () => who(await bySoap({}, env.VESTIBULE_PASSWORD)),
  "soap 65.0": async () => who(await bySoap({ version: "65.0" })),
  "soap 30.0": async () => who(await bySoap({ version: "30.0" })),
  "soap, logged out": async () => {
    const connection = await bySoap();
    const { accessToken, instanceUrl } = connection;
    await connection.logout();
    return who(new Connection({ accessToken, instanceUrl }));
  },
  password: async () => who(await byPassword()),
  "password, wrong secret": async () => who(await byPassword({ clientSecret: "wrong" })),
  "password, unknown app": async () => who(await byPassword({ clientId: "nobody" })),
  code: async () => who(await byCode()),
  "code without a challenge": async () => who(await byCode({})),
  // It does so by itself when a session is over, and keeps its first refresh token.
  "refreshed twice": async () => {
    const connection = await byCode();
    for (let time = 0; time < 2; time += 1) {
      connection.accessToken = "over";
      await connection.query("SELECT Id FROM User");
    }
    return who(connection);
  },
  "refreshed after it was revoked": async () => {
    const connection = await byCode();
    await connection.oauth2.revokeToken(connection.refreshToken);
    await connection.oauth2.refreshToken(connection.refreshToken);
  },
  "revoked twice": async () => {
    const connection = await byCode();
    await connection.oauth2.revokeToken(connection.refreshToken);
    await connection.oauth2.revokeToken(connection.refreshToken);
  },
  "unknown session": async () => who(new Connection({ instanceUrl: loginUrl, accessToken: "00D000000000001!unknown" })),
  "wrong query": async () => (await bySoap()).query("SELECT FROM User"),
  "unknown field": async () => (await bySoap()).query("SELECT Id, Nothing FROM User"),
  "query 29.0": async () => {
    const { accessToken, instanceUrl } = await bySoap();
    return new Connection({ accessToken, instanceUrl, version: "29.0" }).query("SELECT Id FROM User");
  },
  described: async () => {
    const connection = await bySoap();
    const [all, user] = [await connection.describeGlobal(), await connection.describe("User")];
    return `${all.sobjects.some(({ name }) => name === "User")} ${user.fields.some(({ name }) => name === "Username")}`;
  },
};

try {
  console.log(JSON.stringify({ ok: String(await calls[process.argv[2]]()) }));
} catch (error) {
  console.log(JSON.stringify({ error: `${error.name}: ${error.message}` }));
}
