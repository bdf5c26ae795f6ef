// The timeline of a case: everything that has a time, in one list that can be searched, filtered and scrubbed.
const LANES = ["page", "action", "command", "request", "proxy", "message", "console", "journal", "decision"];
const SVG = "http://www.w3.org/2000/svg";
let traces = 0;

// What happened, oldest first: `{ at, kind, text, bad, more }`; `more` is a list of names and values.
function moments(d) {
  const list = (name) => d[name] ?? [];
  const found = [];
  const add = (at, kind, text, bad, ...more) => {
    if (Number.isFinite(at)) found.push({ at, kind, text, bad, more: more.filter(([, value]) => value !== null && value !== undefined && value !== "") });
  };
  for (const one of list("actions")) add(one["at-ms"], "action", one.what, false, ["page after it", one.page], ["URL", one.url]);
  for (const one of list("commands")) {
    const bad = Boolean(one.error) && one.error !== NOTHING_FOUND;
    add(one["at-ms"], "command", [one.what, one.target].filter(Boolean).join(" "), bad, ["page", one.page], ["answer", one.error], ["repeated", one.repeated], ["session", one.session]);
  }
  for (const one of pagesOf(d)) add(one.at, "page", one.page, false);
  for (const one of list("requests")) {
    add(one["at-ms"], "request", one.method + " " + one.path + " " + one.status, one.status >= 400, ["host", one.host], ["took", one["took-ms"] + " ms"], ["bytes", one.bytes]);
  }
  for (const one of list("proxied")) add(one["at-ms"], "proxy", one.host + ": " + one.fate, one.fate !== "realm" && one.fate !== "passed-on");
  for (const one of list("messages")) {
    add(one["at-ms"], "message", one.kind + " from " + one.idp, false, ["signed", one.signed.join(", ") || "nothing"], ["signals", one.signals.join(", ") || "none"]);
  }
  // Old lines may be left out, their times are not.
  const [lines, times] = [list("console"), list("console-at-ms")];
  lines.forEach((line, index) => add(times[index + times.length - lines.length], "console", line, line.startsWith("SEVERE")));
  for (const entry of list("journal")) {
    const [name, event] = eventOf(entry);
    if (name === "decided") add(entry["at-ms"], "decision", event.user + ": " + flat(event.decision?.outcome), false, ["strength", event.decision?.strength], ["rules", (event.decision?.rules ?? []).map((rule) => rule.id ?? rule).join(", ")]);
    else add(entry["at-ms"], "journal", name.replaceAll("-", " "), false, ...Object.entries(event ?? {}).map(([key, value]) => [words(key), flat(value)]));
  }
  return found.sort((one, other) => one.at - other.at);
}

// The pages, each from the time at which it was first seen. A command knows its page by the path alone.
function pagesOf(d) {
  const seen = (d.actions?.length ? d.actions : d.commands ?? []).filter((one) => one.page);
  const pages = seen.map((one) => ({ at: one["at-ms"], page: one.page })).sort((one, other) => one.at - other.at);
  return pages.filter((one, index) => !index || pages[index - 1].page !== one.page);
}

// A lane for each kind, with a mark for each moment, and a line at the time that is looked at.
function drawing(all, kinds, end) {
  const made = (tag, attributes) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const x = (at) => Math.round((at / end) * 996) + 2;
  const height = kinds.length * 12 + 2;
  const svg = made("svg", { class: "marks", viewBox: "0 0 1000 " + height, preserveAspectRatio: "none", role: "img", "aria-label": "A lane for each of: " + kinds.join(", ") + "; from the start of the case to its end" });
  for (const bad of [false, true]) {
    const marks = all.filter((one) => one.bad === bad).map((one) => "M" + x(one.at) + " " + (kinds.indexOf(one.kind) * 12 + 2) + "v10");
    if (marks.length) svg.append(made("path", { class: bad ? "bad" : "", d: marks.join("") }));
  }
  const line = svg.appendChild(made("path", { class: "now" }));
  return [svg, (at) => line.setAttribute("d", "M" + x(at) + " 0v" + height)];
}

function side(title, shot, page) {
  const picture = shot ? pictureOf(shot) : null;
  return node("figure", {}, node("figcaption", { className: "facts" }, title + ": " + (shot?.page ?? page ?? "no page")), picture);
}

function trace(d) {
  const all = moments(d);
  if (all.length < 2) return null;
  const id = "trace-" + (traces += 1);
  const [pages, shots] = [pagesOf(d), [...(d.shots ?? [])].sort((one, other) => one["at-ms"] - other["at-ms"])];
  const end = Math.max(1, all.at(-1).at);
  const kinds = LANES.filter((kind) => all.some((one) => one.kind === kind));
  const search = node("input", { type: "search", placeholder: "text, page, host", autocomplete: "off" });
  const boxes = kinds.map((kind) => node("input", { type: "checkbox", value: kind, checked: true }));
  const scrub = node("input", { type: "range", min: 0, max: end, step: 1, value: 0 });
  const shown = node("p", { className: "facts", role: "status" });
  const list = node("ul", { className: "moments", role: "listbox", tabIndex: 0, ariaLabel: "What happened, oldest first" });
  const about = node("div", { className: "about" });
  const [marks, mark] = drawing(all, kinds, end);
  const rows = all.map((one, index) => node("li", { id: id + "-" + index, role: "option", ariaSelected: "false", className: one.bad ? "bad" : "" },
    node("span", { className: "number" }, seconds(one.at)), node("span", { className: "facts" }, one.kind), node("span", {}, one.text)));
  list.append(...rows);
  const said = all.map((one) => [one.kind, one.text, ...one.more.flat()].join(" ").toLowerCase());
  let chosen = -1;

  const visible = () => [...all.keys()].filter((index) => !rows[index].hidden);
  function choose(index, keepsTime) {
    rows[chosen]?.setAttribute("aria-selected", "false");
    chosen = index;
    const one = all[index];
    if (!one) {
      list.removeAttribute("aria-activedescendant");
      about.replaceChildren();
      return;
    }
    rows[index].setAttribute("aria-selected", "true");
    list.setAttribute("aria-activedescendant", rows[index].id);
    // Only the list scrolls, not the page.
    const [top, bottom] = [rows[index].offsetTop - list.offsetTop, rows[index].offsetTop - list.offsetTop + rows[index].offsetHeight];
    if (top < list.scrollTop) list.scrollTop = top;
    else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
    if (!keepsTime) scrub.value = one.at;
    scrub.setAttribute("aria-valuetext", seconds(one.at) + ", " + one.kind + " " + one.text);
    mark(one.at);
    const [before, after] = [shots.findLast((shot) => shot["at-ms"] < one.at), shots.find((shot) => shot["at-ms"] >= one.at)];
    const [pageBefore, pageAfter] = [pages.findLast((page) => page.at < one.at), pages.findLast((page) => page.at <= one.at)];
    about.replaceChildren(
      node("p", {}, node("b", {}, seconds(one.at) + " " + one.kind), " " + one.text),
      one.more.length === 0 ? null : node("dl", {}, ...one.more.flatMap(([name, value]) => [node("dt", {}, name), node("dd", {}, String(value))])),
      node("div", { className: "sides" }, side("before", before, pageBefore?.page), side("after", after, pageAfter?.page)));
  }
  function narrow() {
    const terms = search.value.toLowerCase().split(" ").filter(Boolean);
    const wanted = boxes.filter((box) => box.checked).map((box) => box.value);
    all.forEach((one, index) => {
      rows[index].hidden = !(wanted.includes(one.kind) && terms.every((term) => said[index].includes(term)));
    });
    const left = visible();
    shown.textContent = left.length + " of " + all.length + " shown";
    if (!left.includes(chosen)) choose(left.find((index) => index > chosen) ?? left.at(-1) ?? -1);
  }
  // The last moment up to this time, or else the first.
  function at(ms) {
    const left = visible();
    choose(left.findLast((index) => all[index].at <= ms) ?? left[0] ?? -1, true);
  }
  list.addEventListener("keydown", (event) => {
    const left = visible();
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -left.length, End: left.length };
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    choose(left[Math.min(left.length - 1, Math.max(0, left.indexOf(chosen) + steps[event.key]))] ?? -1);
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("click", (event) => {
    const index = rows.indexOf(event.target.closest("li"));
    if (index >= 0) choose(index);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    search.value = "";
    narrow();
    event.stopPropagation();
  });
  for (const field of [search, ...boxes]) field.addEventListener("input", narrow);
  scrub.addEventListener("input", () => at(Number(scrub.value)));
  marks.addEventListener("click", (event) => {
    const box = marks.getBoundingClientRect();
    scrub.value = Math.round(((event.clientX - box.left) / box.width) * end);
    at(Number(scrub.value));
  });
  narrow();
  // The end is where the reader wants to look first. It can be scrolled to when it is on the page.
  choose(all.length - 1);
  requestAnimationFrame(() => choose(chosen, true));
  return section("Timeline",
    node("div", { className: "trace" },
      node("div", { className: "tools" },
        node("label", { className: "search" }, "search ", search),
        node("fieldset", {}, node("legend", {}, "Show"), ...boxes.map((box) => node("label", {}, box, " " + box.value)))),
      marks, node("label", { className: "scrub" }, "time ", scrub), shown, list, about));
}
