// What the apps of the tests share: sessions, and a page that says who is signed in. They listen on PORT of the loopback.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

export const ORIGIN = `http://127.0.0.1:${process.env.PORT}`;

const escaped = (text) => String(text ?? "").replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);

// Who is signed in, and how.
function home({ user, amr, acr }) {
  if (!user) return '<p id="nobody">Nobody is signed in.</p><a id="login" href="/login">Log in</a>';
  const shown = { user, amr: [amr ?? []].flat().join(" "), acr };
  const lines = Object.entries(shown).map(([name, value]) => `<p id="${name}">${escaped(value)}</p>`);
  return `${lines.join("")}<a id="logout" href="/logout">Log out</a>`;
}

async function answer(routes, request, session) {
  const url = new URL(request.url, ORIGIN);
  if (url.pathname === "/") return { body: home(session) };
  let body = "";
  for await (const chunk of request) body += chunk;
  const form = Object.fromEntries(new URLSearchParams(body));
  try {
    const found = (await routes[url.pathname]?.({ url, form, session, post: request.method === "POST" })) ?? "/";
    return found.startsWith("<") ? { type: "application/xml", body: found } : { status: 303, location: found };
  } catch (error) {
    return { status: 403, body: `<p id="refused">${escaped(`${error.name}: ${error.message} ${error.cause ?? ""}`)}</p>` };
  }
}

// Serves functions by their paths: each gets the request, and returns where the browser goes, or a document. The session
// of a request is an object that they change.
export function serve(routes) {
  const sessions = new Map();
  const server = createServer(async (request, response) => {
    const known = /(?:^|; )app_session=([^;]*)/.exec(request.headers.cookie ?? "")?.[1];
    const key = sessions.has(known) ? known : randomUUID();
    if (key !== known) sessions.set(key, {});
    const { status = 200, type = "text/html; charset=utf-8", body = "", location } = await answer(routes, request, sessions.get(key));
    const headers = { "Content-Type": type, "Set-Cookie": `app_session=${key}; Path=/; HttpOnly` };
    response.writeHead(status, location ? { ...headers, Location: location } : headers).end(body);
  });
  server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("ready"));
}

export function clear(session) {
  for (const name of Object.keys(session)) delete session[name];
}
