// SPDX-License-Identifier: GPL-3.0-or-later
// The overview in the browser: filter, order and choose without asking; bring in what is new.
import { all, ask, find, number, questions, recount, tick } from "./ui.js";
import { on, parse, patch, subscribe } from "./live.js";

// data-s of a row, in the order of pages/words.py sort_words
const KEYS = ["state", "name", "host", "port", "version", "agents", "memory", "uptime", "waiting", "percent"];
const AT_ONCE = 120; // rows that are patched in one frame

const fleet = find("#fleet");
const form = find("#filters");
const q = find("#q");
const bulk = find("#bulk");
const isTable = fleet.dataset.view === "row";
const list = find(isTable ? ".fleet" : ".deck");

/** @type {Map<string, HTMLElement>} */
const rows = new Map(all(".it", fleet).map((one) => [one.id.slice(2), one]));
/** @type {Map<string, HTMLElement>} host -> its group; "" is the list in another order */
const groups = new Map(all("[data-group]", fleet).map((one) => [one.dataset.group, one]));
let version = Number(fleet.dataset.version);
let sort = fleet.dataset.sort;
let down = fleet.dataset.down === "1";
let state = form.elements.state.value;

const room = (name) => (isTable ? groups.get(name) : find("[data-rows]", groups.get(name)));

// --- filter and order

function fits(row, words) {
  const { host, tag } = form.elements;
  const data = row.dataset;
  return (!state || data.state === state) && (!host.value || data.host === host.value)
    && (!tag.value || data.tags.split(",").includes(tag.value))
    && words.every((word) => data.find.includes(word));
}

function filter() {
  const words = q.value.toLowerCase().split(/\s+/).filter(Boolean);
  const counts = {};
  const inGroup = new Map();
  let shown = 0;
  for (const row of rows.values()) {
    const good = fits(row, words);
    if (row.hidden === good) row.hidden = !good;
    counts[row.dataset.state] = (counts[row.dataset.state] ?? 0) + 1;
    if (good) { shown += 1; inGroup.set(row.dataset.host, (inGroup.get(row.dataset.host) ?? 0) + 1); }
  }
  const filtered = Boolean(state || form.elements.host.value || form.elements.tag.value || words.length);
  for (const [name, group] of groups) {
    group.hidden = sort === "host" ? !name || (filtered && !inGroup.get(name)) : Boolean(name);
  }
  find("#none").hidden = Boolean(shown || !rows.size);
  count(counts);
  choose();
}

function count(counts) {
  for (const chip of all("[data-chip]")) {
    const word = chip.dataset.chip;
    const many = word ? counts[word] ?? 0 : rows.size;
    const b = find(":scope > b", chip);
    if (b.textContent !== String(many)) b.textContent = many;
    chip.hidden = Boolean(word) && !many && word !== state;
    if (word === state) chip.setAttribute("aria-current", "true"); else chip.removeAttribute("aria-current");
  }
  find("#sum").textContent = `${number(rows.size, "instance")} on ${number(groups.size - 1, "host")}`;
}

function keyOf(row) {
  const value = row.dataset.s.split("|")[KEYS.indexOf(sort)];
  if (sort === "version") return value.split(".").map((n) => n.padStart(6, "0")).join(".");
  return ["name", "host", "uptime"].includes(sort) ? value : Number(value);
}

function order() {
  const flat = sort !== "host";
  list.classList.toggle("flat", flat);
  const keyed = [...rows.values()].map((row) => ({ row, key: keyOf(row), then: `${row.dataset.host}|${row.dataset.s.split("|")[1]}` }));
  // The later something started, the shorter it is up; what does not run comes last either way.
  const sign = (down ? -1 : 1) * (sort === "uptime" ? -1 : 1);
  keyed.sort((a, b) => {
    if (flat && a.key !== b.key) {
      if (sort === "uptime" && (!a.key || !b.key)) return a.key ? -1 : 1;
      return (a.key < b.key ? -1 : 1) * sign;
    }
    return a.then < b.then ? -1 : Number(a.then > b.then);
  });
  const places = new Map();
  for (const { row } of keyed) {
    const name = flat ? "" : row.dataset.host;
    if (!places.has(name)) places.set(name, document.createDocumentFragment());
    places.get(name).append(row);
  }
  for (const [name, piece] of places) if (groups.has(name)) room(name).append(piece);
  for (const link of all("[data-sort-by]")) {
    const th = link.parentElement;
    if (link.dataset.sortBy === sort) th.setAttribute("aria-sort", down ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
  }
}

/** The address says what is shown, so that it can be kept and sent. */
function remember() {
  const query = new URLSearchParams();
  if (q.value.trim()) query.set("q", q.value.trim());
  for (const name of ["host", "tag"]) if (form.elements[name].value) query.set(name, form.elements[name].value);
  if (state) query.set("state", state);
  if (sort !== "host") { query.set("sort", sort); query.set("dir", down ? "desc" : "asc"); }
  const words = query.toString();
  history.replaceState(null, "", words ? `/?${words}` : "/");
  for (const link of all("[data-view-link]")) {
    const other = new URLSearchParams(query);
    other.set("view", link.dataset.viewLink);
    link.href = `/?${other}`;
  }
}

function show() { filter(); remember(); }

form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
form.addEventListener("input", (event) => {
  if (event.target.name === "sort") {
    sort = event.target.value;
    down = event.target.selectedOptions[0].dataset.down === "1";
    order();
  }
  show();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-chip], [data-sort-by], [data-clear]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if ("chip" in link.dataset) state = form.elements.state.value = link.dataset.chip === state ? "" : link.dataset.chip;
  if ("clear" in link.dataset) {
    q.value = form.elements.host.value = form.elements.tag.value = state = form.elements.state.value = "";
    q.focus();
  }
  if ("sortBy" in link.dataset) {
    down = sort === link.dataset.sortBy ? !down : find(`option[value=${link.dataset.sortBy}]`, form.elements.sort).dataset.down === "1";
    sort = form.elements.sort.value = link.dataset.sortBy;
    order();
  }
  show();
});

// --- choose several

const boxes = () => [...rows.values()].filter((row) => !row.hidden).map((row) => find("input", row));
let last = null;

function choose() {
  const many = all(".it:not([hidden]) input:checked", fleet).length;
  bulk.classList.toggle("on", many > 0);
  find("[data-count]", bulk).textContent = `${number(many, "instance")} selected`;
  const whole = find("[data-all]");
  if (!whole) return;
  const shown = boxes().length;
  whole.checked = many > 0 && many === shown;
  whole.indeterminate = many > 0 && many < shown;
}

function clear() {
  for (const box of all("input:checked", fleet)) box.checked = false;
  choose();
}

fleet.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.("input[name=ids]")) return;
  if (event.shiftKey && last) {
    const shown = all(".it:not([hidden]) input[name=ids]", fleet);
    const [from, to] = [shown.indexOf(last), shown.indexOf(box)].sort((a, b) => a - b);
    for (const one of shown.slice(Math.max(0, from), to + 1)) one.checked = box.checked;
  }
  last = box;
});
fleet.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) for (const box of boxes()) box.checked = event.target.checked;
  choose();
});
find("[data-none]").addEventListener("click", clear);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.target.closest?.("input[type=search], dialog")) clear();
});

/** What ask() takes, before a verb is done to these rows. */
function question(verb, chosen) {
  const names = chosen.map((row) => `${find("a", find(".c-name, .title", row)).textContent} (${row.dataset.host})`);
  const Verb = verb[0].toUpperCase() + verb.slice(1);
  return {
    title: `${Verb} ${chosen.length === 1 ? names[0] : number(chosen.length, "instance")}?`,
    yes: Verb,
    danger: verb === "stop",
    lines: [
      ...(verb === "start" ? ["They start one after the other; each needs about 1 GB of memory."]
        : [`What their agents do just now ends${verb === "restart" ? "; they come up again in a few seconds" : ""}.`]),
      ...(chosen.length > 1 ? [names.slice(0, 12).join(", ") + (names.length > 12 ? ` and ${names.length - 12} more` : "")] : []),
    ],
  };
}

const VERBS = { stopped: ["start"], error: ["start", "restart", "stop"], unknown: ["start"] };
/** The buttons of a row, once somebody points at it. */
function point(event) {
  offer(event.target.closest?.(".it"));
}
function offer(row) {
  const place = row && find(".c-act", row);
  if (!place || place.firstElementChild || row.dataset.state === "gone") return;
  const name = find(".c-name a", row);
  const piece = find("#quick").content.firstElementChild.cloneNode(true);
  const verbs = VERBS[row.dataset.state] ?? ["restart", "stop"];
  for (const link of all("a", piece)) {
    if (!verbs.includes(link.dataset.do)) { link.remove(); continue; }
    link.href = name.getAttribute("href").replace(/(?=\?|$)/, `/${link.dataset.do}`);
    link.setAttribute("aria-label", `${link.title} ${name.textContent}`);
  }
  place.append(piece);
}
if (isTable) for (const type of ["pointerover", "focusin"]) fleet.addEventListener(type, point);

questions.set("fleet", (submitter) => {
  const chosen = all(".it:not([hidden]) input:checked", fleet).map((box) => box.closest(".it"));
  return submitter.value === "start" && chosen.length < 2 ? null : question(submitter.value, chosen);
});
fleet.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-do]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const verb = link.dataset.do;
  if (verb !== "start" && !(await ask(question(verb, [link.closest(".it")])))) return;
  window.htmx.ajax("POST", link.href, { source: "#toasts", target: "#toasts", swap: "beforeend", values: { confirm: "yes" } });
});
// What does not fit the filter is not meant, even where it was ticked before.
fleet.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  const shown = new Set(all(".it:not([hidden]) input:checked", fleet).map((box) => box.value));
  const ids = ctx.request.body.getAll("ids").filter((id) => shown.has(id));
  ctx.request.body.delete("ids");
  for (const id of ids) ctx.request.body.append("ids", id);
});
fleet.addEventListener("htmx:after:request", clear);

// --- what is new

/** @type {Map<string, string>} id -> HTML that waits for the next frame */
const waiting = new Map();
let frame = 0;

function flush() {
  frame = 0;
  let added = false;
  let done = 0;
  for (const [id, html] of waiting) {
    if (done === AT_ONCE) break;
    done += 1;
    waiting.delete(id);
    const fresh = parse(html);
    const old = rows.get(id);
    tick(fresh);
    if (old) bring(old, fresh);
    else { rows.set(id, fresh); added = true; option("tag", fresh.dataset.tags); }
  }
  if (added) { arrive(); order(); }
  filter();
  if (waiting.size) frame = requestAnimationFrame(flush);
}

/** A row anew; the buttons under somebody's pointer stay where they are. */
function bring(old, fresh) {
  const buttons = isTable && find(".c-act > *", old);
  if (buttons && old.dataset.state === fresh.dataset.state) find(".c-act", fresh).append(buttons.cloneNode(true));
  patch(old, fresh);
  if (isTable && old.matches(":hover, :focus-within")) offer(old);
}

/** The first instance of an empty page. */
function arrive() {
  for (const one of all("[data-first]")) one.remove();
  for (const one of [form, find("#chips"), fleet]) one.hidden = false;
}

function option(name, words) {
  const select = form.elements[name];
  for (const word of words.split(",").filter(Boolean)) {
    if ([...select.options].some((one) => one.value === word)) continue;
    select.add(new Option(word, word));
    select.hidden = false;
  }
}

function group(name, html) {
  const strip = parse(html);
  tick(strip);
  const old = groups.get(name) && find("[data-host-strip]", groups.get(name));
  if (old) { patch(old, strip); old.className = strip.className; return; }
  const made = document.createElement(isTable ? "tbody" : "section");
  made.dataset.group = name;
  if (isTable) {
    const cell = made.insertRow().insertCell();
    made.rows[0].className = "group";
    cell.colSpan = 13;
    cell.append(strip);
  } else {
    const ul = document.createElement("ul");
    ul.className = "cards";
    ul.dataset.rows = "";
    made.append(strip, ul);
  }
  groups.set(name, made);
  const after = [...groups.keys()].filter(Boolean).sort().find((other) => other > name);
  groups.get(after ?? "").before(made);
  option("host", name);
}

function drop(ids) {
  for (const id of ids) {
    rows.get(id)?.remove();
    rows.delete(id);
    waiting.delete(id);
  }
}

function take({ html = {}, hosts_html: hosts = {}, removed = [] }) {
  for (const [name, piece] of Object.entries(hosts)) group(name, piece);
  drop(removed);
  for (const [id, piece] of Object.entries(html)) waiting.set(id, piece);
  if (!frame) frame = requestAnimationFrame(flush);
  recount();
}

on("health_update", take);
on("snapshot", (payload) => {
  const there = new Set(payload.instances.map((line) => line.id));
  const hosts = new Set(payload.hosts.map((host) => host.name));
  drop([...rows.keys()].filter((id) => !there.has(id)));
  for (const [name, place] of groups) if (name && !hosts.has(name)) { place.remove(); groups.delete(name); }
  take(payload);
});
// After a loss everything comes anew: the dashboard may be another process by then, with versions of its own.
subscribe("fleet", () => {
  const payload = { channel: "fleet", view: fleet.dataset.view };
  if (version !== null) payload.since = version;
  version = null;
  return payload;
});
choose();
remember();
