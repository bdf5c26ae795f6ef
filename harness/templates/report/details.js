// The details of a case, shown when it is opened. All text is set as text, never as markup: pages and suites wrote it.
const node = (tag, props, ...children) => {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
};
// `text` between backticks is code. A backtick without a partner stays as it is.
const marked = (text) => {
  const parts = String(text).split("`");
  return parts.length % 2 ? parts.map((part, index) => (index % 2 ? node("code", {}, part) : part)) : [String(text)];
};
const section = (title, ...content) => node("section", {}, node("h3", {}, title), ...content);
const folded = (title, ...content) => node("details", {}, node("summary", {}, title), ...content);
const counted = (count, noun) => count + " " + noun + (count === 1 ? "" : "s");
const seconds = (ms) => (ms / 1000).toFixed(3) + " s";

// The rows are arrays of cells: a text, or `{ text, kind }` with a class of the stylesheet.
function table(columns, rows) {
  const cell = (one) => (one && typeof one === "object"
    ? node("td", { className: one.kind }, String(one.text ?? ""))
    : node("td", {}, String(one ?? "")));
  const head = node("tr", {}, ...columns.map((name) => node("th", { scope: "col" }, name)));
  const body = rows.map((row) => node("tr", {}, ...row.map(cell)));
  const whole = node("table", {}, node("thead", {}, head), node("tbody", {}, ...body));
  return node("div", { className: "wide", tabIndex: 0 }, whole);
}

// Times are shown to the millisecond.
const instant = (text) => text.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*Z$/, "$1 $2 UTC");

// The name of a field as words: `auth_method_reference` is `auth method reference`.
const words = (name) => name.replaceAll(/[-_]/g, " ").replace(/\burl\b/, "URL").replace(/\bid\b/, "ID").replace(/\btotp\b/, "TOTP");

// JSON in one line, without its quotes: `user: admin, accepted: true`.
function flat(value) {
  if (value === null || value === undefined) return "-";
  if (Array.isArray(value)) return value.map(nested).join(", ");
  if (typeof value === "object") return Object.entries(value).map(([key, one]) => words(key) + ": " + nested(one)).join(", ");
  return instant(String(value));
}
const nested = (value) => (Array.isArray(value) ? "[" + flat(value) + "]"
  : value && typeof value === "object" ? "{ " + flat(value) + " }" : flat(value));

// An entry of the journal is `{ seq, at, event }`; the event is a word, or an object with one key.
function eventOf(entry) {
  const event = entry.event ?? entry;
  if (typeof event === "string") return [event, {}];
  const names = Object.keys(event);
  return names.length === 1 ? [names[0], event[names[0]]] : ["", event];
}

// Pages that fill the window. The content of any other is a card in the middle.
const WIDE = ["home", "login-history", "inbox", "unknown"];
const KINDS = { iVBOR: "image/png", "/9j/": "image/jpeg", UklGR: "image/webp" };

const captionOf = (shot) => seconds(shot["at-ms"]) + " " + shot.page;

// `null` if it is no picture.
function pictureOf(shot) {
  const kind = Object.keys(KINDS).find((start) => String(shot.image).startsWith(start));
  if (!kind || !/^[A-Za-z0-9+/=]+$/.test(shot.image)) return null;
  return node("img", { alt: "The page " + captionOf(shot), src: "data:" + KINDS[kind] + ";base64," + shot.image });
}

function film(shots) {
  const frames = shots.map((shot) => {
    const [picture, caption] = [pictureOf(shot), captionOf(shot)];
    if (!picture) return null;
    const frame = node("figure", { className: WIDE.includes(shot.page) ? "" : "middle" });
    const button = node("button", { type: "button", title: "Larger or smaller" }, picture);
    button.addEventListener("click", () => frame.classList.toggle("large"));
    frame.append(button, node("figcaption", { className: "facts" }, caption));
    return node("li", {}, frame);
  }).filter(Boolean);
  if (!frames.length) return null;
  const strip = node("ol", { className: "film", tabIndex: 0 }, ...frames);
  // The last picture is the one that matters.
  const toEnd = () => requestAnimationFrame(() => { strip.scrollLeft = strip.scrollWidth; });
  strip.querySelectorAll("img").forEach((picture) => picture.decode().then(toEnd, toEnd));
  return section("Screenshots, with secrets masked", strip);
}

// A signal is marked only if it is a whole value between quotes or tags.
function withSignals(text, signals) {
  const box = node("pre", { className: "box", tabIndex: 0 });
  let at = 0;
  while (at < text.length) {
    let next = null;
    for (const signal of signals.filter(Boolean)) {
      for (const [open, close] of [[">", "<"], ['"', '"']]) {
        const found = text.indexOf(open + signal + close, at);
        if (found >= 0 && (!next || found < next.found)) next = { found, signal };
      }
    }
    if (!next) break;
    box.append(text.slice(at, next.found + 1), node("mark", { className: "signal" }, next.signal));
    at = next.found + 1 + next.signal.length;
  }
  box.append(text.slice(at));
  const first = box.querySelector("mark");
  requestAnimationFrame(() => { if (first) box.scrollTop = first.offsetTop - box.offsetTop - box.clientHeight / 2; });
  return box;
}

function messages(list, journal) {
  const answers = journal.map(eventOf).filter(([name]) => name === "sso-answer-received").map(([, event]) => event.verdict);
  return list.map((message, index) => {
    const signed = message.signed.length ? "signed: " + message.signed.join(" and ") : "not signed";
    const signals = message.signals.length ? "signal: " + message.signals.join(", ") : "no signal in it";
    const verdict = answers.length === list.length ? answers[index] : null;
    const judged = verdict === "accepted" ? "accepted" : verdict?.refused ? "refused: " + verdict.refused.why : null;
    const said = [seconds(message["at-ms"]), "from " + message.idp, signed, signals, judged].filter(Boolean).join(" · ");
    return section(message.kind + " as the org received it", node("p", {}, said), withSignals(message.text, message.signals));
  });
}

const SURE = { OFF: "the vendor's own text", V: "seen in independent sources", INF: "inferred", SET: "chosen for this run" };

function decisions(journal) {
  return journal.map(eventOf).filter(([name]) => name === "decided").map(([, event]) => {
    const decision = event.decision ?? {};
    const outcome = decision.outcome;
    const name = outcome && typeof outcome === "object" ? Object.keys(outcome)[0] : outcome;
    const more = outcome && typeof outcome === "object" ? " (" + flat(outcome[name]) + ")" : "";
    const rules = (decision.rules ?? []).map((rule) => (typeof rule === "string" ? node("li", {}, rule) : node("li", {},
      node("code", {}, rule.id), " ", ...marked(rule.why),
      node("div", { className: "facts" }, rule.source + " · " + (SURE[rule.confidence] ?? rule.confidence)))));
    const proved = decision.strength ? "; the login proved " + decision.strength : "";
    return section("Decision", node("p", {}, node("b", {}, event.user + ": " + name), more + proved),
      node("ol", { className: "rules" }, ...rules));
  });
}

// What a search that may find nothing says: no error.
const NOTHING_FOUND = "found none";

// Exits that are Vestibule's doing.
const ENDED = {
  "ended-after-verdict": "none; Vestibule ended it once its users were home; --full lets it go on to its end",
  "out-of-time": "none; Vestibule ended it when its time was over; --timeout gives it more",
};

function external(result) {
  const exit = typeof result.exit === "object" ? flat(result.exit) : ENDED[result.exit] ?? result.exit;
  const [all, kept] = [result["output-bytes"], result["kept-bytes"] ?? result["output-bytes"]];
  const cut = kept < all ? ", the start and the end of " + all + " bytes of output" : "";
  const output = node("pre", { className: "box", tabIndex: 0 }, result.output || "(no output)");
  requestAnimationFrame(() => { output.scrollTop = output.scrollHeight; });
  return section("The command", node("p", {}, node("code", {}, result.command.join(" "))), node("p", { className: "facts" }, "exit: " + exit + cut), output);
}

// What lies beside the report. A path is made of its parts, so that none of it can be a scheme.
function artefacts(list) {
  const link = (path) => "./" + path.split("/").map(encodeURIComponent).join("/");
  return section("Traces and reports of the suite's own tools",
    node("p", { className: "facts" }, "Kept as they were written, in the folder of this report, where the commands work. They may hold passwords."),
    node("ul", {}, ...list.map((one) => node("li", {},
      one.link ? node("a", { href: link(one.link) }, one.name) : one.name + ": too large to keep",
      " " + (one.bytes / 1e6).toFixed(1) + " MB ", one.command ? node("code", { className: "whole" }, one.command) : null))));
}

function failure(one) {
  const place = one.place ? one.place.file + ":" + one.place.line + ":" + one.place.column : null;
  const marked = one.place ? one.place.text + "\n" + " ".repeat(Math.max(0, one.place.column - 1)) + "^".repeat(Math.max(1, one.place.width)) + " " + one.place.label : null;
  return node("section", { className: "failure" }, node("h3", {}, node("span", { className: "code" }, one.code), " ", ...marked(one.title)),
    place ? node("pre", { tabIndex: 0 }, "--> " + place + "\n" + marked) : null,
    one.notes?.length ? node("ul", { className: "notes" }, ...one.notes.map((note) => node("li", {}, ...marked(note)))) : null,
    one.hint ? node("p", { className: "hint" }, node("b", {}, "hint: "), ...marked(one.hint)) : null);
}

const OWNERS = { "org-admin": "org admin", "idp-admin": "IdP admin", vestibule: "Vestibule" };

function finding(one) {
  return node("section", { className: "finding" }, node("h3", {}, ...marked(one.sentence)), node("dl", {},
    ...(one.remedy ? [node("dt", {}, "Owner"), node("dd", {}, OWNERS[one.owner] ?? one.owner), node("dt", {}, "Fix"), node("dd", {}, ...marked(one.remedy))] : []),
    node("dt", {}, "Evidence"), node("dd", {}, node("ul", {}, ...one.evidence.map((line) => node("li", {}, ...marked(line))))),
    node("dt", {}, "Cause"), node("dd", {}, node("code", {}, one.cause), " " + one.fact)));
}

function actions(list) {
  return table(["ms", "action", "page after it", "URL"], list.map((one) => [
    { text: one["at-ms"], kind: "number" }, one.what, one.page, { text: one.url, kind: "url" }]));
}

function attempts(list) {
  return list.map((one, index) => folded("Attempt " + (index + 1) + ": " + one.verdict + ", " + seconds(one["duration-ms"]), ...details(one)));
}

function rowsOf(list) {
  const columns = [...new Set(list.flatMap((row) => Object.keys(row)))];
  return table(columns.map(words), list.map((row) => columns.map((column) => flat(row[column]))));
}

// In the order of a reader's questions: what happened, what was sent, what was decided, then the rest.
function details(d) {
  const list = (name) => d[name] ?? [];
  const at = (one) => ({ text: one["at-ms"], kind: "number" });
  const status = (code) => ({ text: code, kind: code >= 400 ? "number bad" : "number" });
  const some = (name, made) => (list(name).length ? made(list(name)) : null);
  return [
    d.finding ? finding(d.finding) : null,
    ...list("failures").map(failure),
    some("earlier", (all) => section("Earlier attempts", ...attempts(all))),
    some("shots", film),
    trace(d),
    some("actions", (all) => section("Actions", actions(all))),
    d.external ? external(d.external) : null,
    some("artefacts", artefacts),
    some("commands", (all) => folded(counted(all.length, "command") + " of the suite", table(["ms", "session", "command", "target", "page", "error"], all.map((one) => [
      at(one), { text: one.session, kind: "number" }, one.what + (one.repeated ? " (" + (one.repeated + 1) + " times)" : ""), one.target, one.page, one.error === NOTHING_FOUND ? one.error : { text: one.error, kind: "bad" }])))),
    ...messages(list("messages"), list("journal")),
    ...decisions(list("journal")),
    some("login-history", (all) => section("Login History", rowsOf(all))),
    some("console", (all) => section("Browser console", node("pre", { className: "box", tabIndex: 0 }, all.join("\n")))),
    some("outline", (all) => folded("Outline of the last page", node("pre", { className: "box", tabIndex: 0 }, all.join("\n")))),
    some("requests", (all) => folded(counted(all.length, "request"), table(["ms", "method", "host", "path", "status", "took", "bytes"], all.map((one) => [
      at(one), one.method, one.host, { text: one.path, kind: "url" }, status(one.status), { text: one["took-ms"] + " ms", kind: "number" }, { text: one.bytes ?? "-", kind: "number" }])))),
    some("proxied", (all) => folded(counted(all.length, "request") + " through the proxy", table(["ms", "host", "result"], all.map((one) => [
      at(one), one.host, one.fate === "realm" || one.fate === "passed-on" ? one.fate : { text: one.fate, kind: "bad" }])))),
    some("journal", (all) => folded("Journal, " + counted(all.length, "entry").replace("entrys", "entries"), table(["at", "event", "details"], all.map((entry) => {
      const [name, event] = eventOf(entry);
      return [{ text: instant(String(entry.at ?? "")).slice(11), kind: "number" }, name, flat(event)];
    })))),
    some("left-out", (all) => node("p", { className: "facts" }, "Left out to keep this file small: " + all.join(", ") + ". They are in run.jsonl.")),
  ].filter(Boolean);
}
