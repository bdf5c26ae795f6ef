// The filter, the keyboard shortcuts and the links. The list is complete without them.
const form = document.getElementById("filter");
const toggle = document.getElementById("toggle");
const cases = Array.from(document.querySelectorAll("details.case"));
const files = Array.from(document.querySelectorAll("section.file"));
const titleOf = (one) => one.querySelector("summary > span").textContent;
const said = new Map(cases.map((one) => [one, (one.querySelector("summary").textContent + " " + (one.dataset.tags ?? "")).toLowerCase()]));

async function inflate(base64) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}

async function fill(one) {
  const packed = one.querySelector(":scope > script");
  if (!packed) return;
  packed.remove();
  const body = one.querySelector(":scope > div") ?? one.appendChild(node("div", {}));
  try {
    body.append(...details(await inflate(packed.textContent)));
  } catch (error) {
    body.append(node("p", { className: "notice" }, "The details of this case cannot be shown: " + error.message));
  }
}

function state() {
  const values = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) values.set(name, value);
  return values;
}

function filter() {
  const wanted = state();
  const words = (wanted.get("text") ?? "").toLowerCase().split(" ").filter(Boolean);
  const holds = (name, value) => !wanted.get(name) || value === wanted.get(name);
  let shown = 0;
  for (const one of cases) {
    one.hidden = !(holds("verdict", one.querySelector("summary > b").textContent) && holds("owner", one.dataset.owner)
      && holds("cause", one.dataset.cause) && (!wanted.get("tag") || (one.dataset.tags ?? "").split(" ").includes(wanted.get("tag")))
      && (!wanted.get("flaky") || one.querySelector("u.flaky")) && words.every((word) => said.get(one).includes(word)));
    shown += one.hidden ? 0 : 1;
  }
  for (const file of files) file.hidden = !file.querySelector("details.case:not([hidden])");
  document.getElementById("shown").textContent = shown + " of " + cases.length + " shown";
}

// `#case=<id>` opens a case; the other names set the filter.
const spelled = (values) => [...values].map(([name, value]) => name + "=" + encodeURIComponent(value).replace(/%(3A|2F|5B|5D)/g, decodeURIComponent)).join("&");

function remember(opened) {
  const values = state();
  if (opened) values.set("case", opened.querySelector("summary").id.slice("case=".length));
  history.replaceState(null, "", "#" + spelled(values));
}

function follow() {
  const values = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
  const only = values.size === 1 && values.has("case");
  if (!only) {
    for (const field of form.elements) {
      if (!field.name) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === (values.get(field.name) ?? "");
      else field.value = values.get(field.name) ?? "";
    }
    filter();
  }
  const linked = values.has("case") && cases.find((one) => one.querySelector("summary").id === "case=" + values.get("case"));
  if (!linked) return;
  linked.hidden = false;
  const file = linked.closest("section.file");
  if (file) file.hidden = false;
  linked.open = true;
  linked.querySelector("summary").focus({ preventScroll: true });
  linked.scrollIntoView({ block: "start" });
}

function move(step) {
  const visible = cases.filter((one) => !one.hidden);
  const at = visible.findIndex((one) => one.contains(document.activeElement));
  const next = visible[at < 0 ? 0 : Math.min(visible.length - 1, Math.max(0, at + step))];
  next?.querySelector("summary").focus();
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = document.activeElement?.matches("input[type=search], select");
  if (event.key === "Escape" && typing) {
    form.elements.text.value = "";
    document.activeElement.blur();
    filter();
    remember();
  }
  const onRow = document.activeElement === document.body || document.activeElement?.matches(".case > summary");
  const steps = { j: 1, k: -1, ...(onRow ? { ArrowDown: 1, ArrowUp: -1 } : {}) };
  if (typing || document.activeElement?.matches("input[type=radio]")) return;
  if (event.key in steps) move(steps[event.key]);
  else if (event.key === "/") form.elements.text.focus();
  else return;
  event.preventDefault();
}

// Pointing at a bar of the lanes shows the title of its case; a click opens the case.
function lanes() {
  const drawing = document.getElementById("lanes");
  if (!drawing) return;
  const spans = cases.filter((one) => one.dataset.span).map((one) => [one, ...one.dataset.span.split(" ").map(Number)]);
  const pointed = (event) => {
    const box = drawing.getBoundingClientRect();
    const ms = ((event.clientX - box.left) / box.width) * Number(drawing.dataset.ms);
    const worker = Math.floor(((event.clientY - box.top) / box.height) * (drawing.viewBox.baseVal.height / 14));
    return spans.find(([, lane, from, to]) => lane === worker && from <= ms && ms <= to)?.[0];
  };
  drawing.addEventListener("mousemove", (event) => {
    const one = pointed(event);
    if (one) document.getElementById("pointed").textContent = titleOf(one) + ", " + one.querySelector("summary > small").textContent;
  });
  drawing.addEventListener("click", (event) => {
    const one = pointed(event);
    if (one) location.hash = one.querySelector("summary").id;
  });
}

form.hidden = false;
form.addEventListener("input", () => { filter(); remember(); });
form.addEventListener("submit", (event) => event.preventDefault());
for (const one of cases) {
  one.addEventListener("toggle", () => { if (one.open) fill(one); });
  one.querySelector("summary").addEventListener("click", () => remember(one.open ? null : one));
}
toggle.addEventListener("click", () => {
  const open = toggle.textContent === "Open all";
  cases.forEach((one) => { if (!one.hidden) one.open = open; });
  toggle.textContent = open ? "Close all" : "Open all";
});
document.addEventListener("keydown", keys);
window.addEventListener("hashchange", follow);
filter();
lanes();
follow();
