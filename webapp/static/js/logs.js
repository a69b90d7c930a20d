// SPDX-License-Identifier: GPL-3.0-or-later
// The log of an instance as it grows: the last lines are kept, filtered by level and text, and follow the end
// unless somebody reads further up.
import "./instance.js";
import { all, find, number } from "./ui.js";
import { on, subscribe } from "./live.js";

const KEPT = 1000;
const RANK = { trace: 0, debug: 0, info: 1, warn: 2, error: 3, fatal: 3 };

const log = find("#log");
const q = find("#log-q");
const level = find("#log-level");
const state = find("#log-state");
const end = find("#log-end");
const pause = find("#log-pause");
/** @type {{li: HTMLElement, rank: number, text: string, span: HTMLElement}[]} */
let lines = [];
/** Lines that came while it was paused. */
let held = [];
let paused = false;
let fresh = 0;
let begun = false;

const follows = () => log.scrollHeight - log.scrollTop - log.clientHeight < 40;

function clock(time) {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? "" : at.toLocaleTimeString("en-GB");
}

function element(line) {
  const li = document.createElement("li");
  const rank = RANK[line.level] ?? 1;
  li.className = `l-${line.level in RANK ? line.level : "info"}`;
  const time = document.createElement("time");
  time.dateTime = line.time;
  time.title = line.time;
  time.textContent = clock(line.time);
  const [b, i, span] = ["b", "i", "span"].map((name) => document.createElement(name));
  b.textContent = line.level;
  i.textContent = i.title = line.source;
  span.textContent = line.text;
  li.append(time, b, i, span);
  return { li, rank, text: `${line.source} ${line.text}`.toLowerCase(), span };
}

const words = () => q.value.toLowerCase().trim();
const fits = (one, text) => one.rank >= Number(level.value) && (!text || one.text.includes(text));

/** Mark where the text is found. */
function mark(one, text) {
  const whole = one.span.textContent;
  const at = text ? whole.toLowerCase().indexOf(text) : -1;
  if (at < 0) { if (one.span.firstElementChild) one.span.textContent = whole; return; }
  const found = document.createElement("mark");
  found.textContent = whole.slice(at, at + text.length);
  one.span.replaceChildren(whole.slice(0, at), found, whole.slice(at + text.length));
}

function filter() {
  const text = words();
  for (const one of lines) { one.li.hidden = !fits(one, text); mark(one, text); }
  log.scrollTop = log.scrollHeight;
  say();
}

function say() {
  const shown = lines.filter((one) => !one.li.hidden).length;
  find("#log-none").hidden = Boolean(shown) || !begun;
  find("#log-none").textContent = lines.length ? "No line fits." : "The log is empty.";
  if (!begun) return;
  state.textContent = paused
    ? `Paused${held.length ? `, ${number(held.length, "line")} wait` : ""}`
    : `${number(shown, "line")}${shown < lines.length ? ` of ${lines.length.toLocaleString("en")}` : ""}, live`;
}

function add(news, skipped = 0) {
  const stay = !follows();
  const text = words();
  const piece = document.createDocumentFragment();
  if (skipped) {
    const li = document.createElement("li");
    li.className = "gap";
    li.textContent = `${number(skipped, "line")} skipped: the log is faster than this connection`;
    piece.append(li);
  }
  const made = news.slice(-KEPT).map(element);
  for (const one of made) { one.li.hidden = !fits(one, text); mark(one, text); piece.append(one.li); }
  log.append(piece);
  lines.push(...made);
  for (const old of lines.splice(0, Math.max(0, lines.length - KEPT))) old.li.remove();
  for (const gap of all(".gap", log).slice(0, -5)) gap.remove();
  if (stay && begun) { fresh += made.length; end.hidden = false; find("span", end).textContent = `${number(fresh, "new line")}`; }
  else log.scrollTop = log.scrollHeight;
}

function reset() {
  lines = [];
  held = [];
  log.replaceChildren();
}

function toEnd() {
  fresh = 0;
  end.hidden = true;
  log.scrollTop = log.scrollHeight;
}

let resubscribed = false;
on("open", () => { resubscribed = true; });
on("log_line", ({ id, lines: news, skipped }) => {
  if (id !== log.dataset.id) return;
  if (resubscribed) { resubscribed = false; reset(); } // the last lines come again with each connect
  if (paused) { held = [...held, ...news].slice(-KEPT); say(); return; }
  add(news, skipped);
  begun = true;
  say();
});
on("lost", () => { state.textContent = "Not connected"; });
on("error", ({ channel, message, hint }) => {
  if (channel !== "logs") return;
  begun = true;
  state.textContent = `${message} ${hint ?? ""}`;
  setTimeout(() => subscribe("logs", ask), 5000);
});

pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  find("span", pause).textContent = paused ? "Go on" : "Pause";
  const use = find("use", pause);
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, paused ? "#play" : "#pause"));
  if (!paused) { add(held); held = []; toEnd(); }
  say();
});
find("#log-clear").addEventListener("click", () => { reset(); say(); });
end.addEventListener("click", toEnd);
log.addEventListener("scroll", () => { if (follows()) { fresh = 0; end.hidden = true; } }, { passive: true });
q.addEventListener("input", filter);
level.addEventListener("change", filter);

const ask = () => ({ channel: "logs", id: log.dataset.id, lines: KEPT });
subscribe("logs", ask);
// Silence: the log is empty, or the host says nothing yet.
setTimeout(() => { if (!begun) { begun = true; say(); } }, 4000);
