// The vendor's command line, called as the first argument says. Says one line of JSON: whom the org took it for, or the error.
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const env = process.env;
const program = path.join(import.meta.dirname, "sf/node_modules/@salesforce/cli/bin/run.js");
const home = mkdtempSync(path.join(tmpdir(), "sf-"));
const username = env.VESTIBULE_USERNAME;
const orgUrl = env.VESTIBULE_ORG_URL;

// Runs one command; returns what it gives with `--json`.
function sf(words, more = {}) {
  const ran = spawnSync(process.execPath, ["--no-deprecation", program, ...words, "--json"], {
    cwd: home,
    encoding: "utf8",
    env: {
      ...env,
      HOME: home,
      SF_USE_GENERIC_UNIX_KEYCHAIN: "true",
      SF_DISABLE_TELEMETRY: "true",
      SF_AUTOUPDATE_DISABLE: "true",
      SF_SKIP_NEW_VERSION_CHECK: "true",
      SF_DISABLE_LOG_FILE: "true",
      ...more,
    },
  });
  let answer;
  try {
    answer = JSON.parse(ran.stdout);
  } catch {
    throw new Error(`${words.join(" ")}: ${ran.status}: ${ran.stdout}${ran.stderr}`);
  }
  if (answer.status !== 0) throw Object.assign(new Error(answer.message), { name: answer.name });
  return answer.result;
}

function jwt(keyFile = env.INTEROP_KEY_FILE, key = env.INTEROP_KEY, url = orgUrl) {
  const words = ["org", "login", "jwt", "--username", username, "--jwt-key-file", keyFile, "--client-id", key];
  return sf([...words, "--instance-url", url]).username;
}

const query = (soql) => sf(["data", "query", "--target-org", username, "--query", soql]);

const calls = {
  jwt: () => jwt(),
  "jwt at the shared host": () => jwt(env.INTEROP_KEY_FILE, env.INTEROP_KEY, new URL(env.VESTIBULE_SHARED_LOGIN_URL).origin),
  "jwt, another key": () => jwt(env.INTEROP_OTHER_KEY_FILE),
  "jwt, unknown app": () => jwt(env.INTEROP_KEY_FILE, "nobody"),
  "access token": () =>
    sf(["org", "login", "access-token", "--instance-url", orgUrl, "--no-prompt"], { SF_ACCESS_TOKEN: env.VESTIBULE_ACCESS_TOKEN })
      .username,
  "access token, unknown": () =>
    sf(["org", "login", "access-token", "--instance-url", orgUrl, "--no-prompt"], { SF_ACCESS_TOKEN: "00D000000000001!unknown" })
      .username,
  query: () => {
    jwt();
    return query("SELECT Username, Profile.Name FROM User").records[0].Username;
  },
  "query as csv": () => {
    jwt();
    const words = ["data", "query", "--target-org", username, "--query", "SELECT Username, Profile.Name FROM User"];
    return sf([...words, "--result-format", "csv", "--output-file", "found.csv"]).totalSize;
  },
  "wrong query": () => {
    jwt();
    return query("SELECT FROM User");
  },
  // The door that it prints opens once.
  open: async () => {
    jwt();
    const { url } = sf(["org", "open", "--target-org", username, "--url-only", "--path", "/lightning/page/home"]);
    const ends = [];
    for (let time = 0; time < 2; time += 1) {
      const answer = await fetch(url, { redirect: "manual" });
      ends.push(new URL(answer.headers.get("location"), url).pathname);
    }
    return ends.join(" ");
  },
};

try {
  console.log(JSON.stringify({ ok: String(await calls[process.argv[2]]()) }));
} catch (error) {
  console.log(JSON.stringify({ error: `${error.name}: ${error.message}` }));
}
