// SPDX-License-Identifier: GPL-3.0-or-later
// The page's one connection to /ws. It comes back by itself, subscribes again and says when it is lost.
import { find } from "./ui.js";

const BACK_OFF = [1, 2, 4, 8, 10]; // seconds
const HIDDEN_AFTER = 10000; // ms that a hidden tab stays connected
const PATIENCE = 50000; // ms without a word (there is a ping every 20 s) after which it is taken for lost

/** @type {Map<string, () => object>} key -> what to subscribe to, asked anew after each connect */
const wanted = new Map();
/** @type {Map<string, Set<(payload: any) => void>>} */
const listeners = new Map();

let socket = null;
let tries = 0;
let timer = 0;
let watchdog = 0;
let hiding = 0;
let leaving = false;

/** Have fn called with the payload of each message of that type. "open" and "lost" are types too. */
export function on(type, fn) {
  if (!listeners.has(type)) listeners.set(type, new Set());
  listeners.get(type).add(fn);
}

/** Subscribe now and after each reconnect. payload: a function, so that `since` is that of now. */
export function subscribe(key, payload) {
  wanted.set(key, payload);
  if (socket?.readyState === WebSocket.OPEN) send("subscribe", payload());
  else if (!socket && !timer && !document.hidden) connect();
}

export function unsubscribe(key) {
  const payload = wanted.get(key)?.();
  wanted.delete(key);
  if (payload) send("unsubscribe", { channel: payload.channel, id: payload.id ?? "" });
}

function send(type, payload) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type, payload }));
}

function tell(type, payload) {
  for (const fn of listeners.get(type) ?? []) fn(payload);
}

function connect() {
  clearTimeout(timer);
  timer = 0;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const mine = socket = new WebSocket(`${scheme}://${location.host}/ws`);
  mine.addEventListener("open", () => {
    tries = 0;
    banner(false);
    for (const payload of wanted.values()) send("subscribe", payload());
    tell("open");
    listen();
  });
  mine.addEventListener("message", (event) => {
    listen();
    const { type, payload } = JSON.parse(event.data);
    if (type === "ping") send("pong", {});
    else tell(type, payload);
  });
  mine.addEventListener("close", (event) => { if (socket === mine) lost(event.code); });
}

/** Something was heard; without anything more for a while, the line is dead. */
function listen() {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => socket?.close(), PATIENCE);
}

function lost(code) {
  clearTimeout(watchdog);
  socket = null;
  if (leaving || document.hidden || !wanted.size) return;
  if (code === 1008) { toLogin(); return; }
  const wait = BACK_OFF[Math.min(tries, BACK_OFF.length - 1)];
  tries += 1;
  tell("lost");
  banner(true, wait);
  timer = setTimeout(retry, wait * 1000);
}

/** A dashboard that answers with a login page does not want this session any more. */
async function retry() {
  timer = 0;
  banner(true, 0);
  try {
    const answer = await fetch("/parts/nav", { headers: { Accept: "application/json" } });
    if (answer.status === 401 || answer.redirected) { toLogin(); return; }
  } catch { /* not there yet */ }
  if (!socket && !document.hidden) connect();
}

function toLogin() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

let until = 0;
let counter = 0;
function banner(show, wait = 0) {
  const place = find("#connection");
  clearInterval(counter);
  document.documentElement.classList.toggle("stale", show);
  if (!show) { place.hidden = true; return; }
  until = Date.now() + wait * 1000;
  const say = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    find("[data-words]", place).textContent = left > 0
      ? `What you see may be old. Trying again in ${left} s.`
      : "What you see may be old. Trying now …";
  };
  say();
  counter = setInterval(say, 1000);
  // The first try comes after a second: a restart that is over by then disturbs nobody.
  if (tries > 1 || !place.hidden) place.hidden = false;
  else setTimeout(() => { if (tries) place.hidden = false; }, 800);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-reconnect]")) return;
  clearTimeout(timer);
  if (!socket) retry();
});
addEventListener("online", () => { if (!socket && timer) { clearTimeout(timer); retry(); } });
addEventListener("pagehide", () => { leaving = true; socket?.close(); });
addEventListener("pageshow", (event) => { if (event.persisted) { leaving = false; socket = null; connect(); } });
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(() => { clearTimeout(timer); timer = 0; const old = socket; socket = null; old?.close(); clearTimeout(watchdog); }, HIDDEN_AFTER);
  } else if (!socket && !timer && wanted.size) connect();
});

/**
 * Make an element like a fresh one of the same kind, touching only what differs: what is ticked, has the
 * focus or is hidden stays so.
 * @param {Element} old @param {Element} fresh
 */
export function patch(old, fresh) {
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (name !== "hidden" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  const [before, after] = [[...old.children], [...fresh.children]];
  if (before.length !== after.length) {
    const ticked = find("input:checked", old);
    old.replaceChildren(...fresh.childNodes);
    const box = find("input[type=checkbox]", old);
    if (ticked && box) box.checked = true;
    return;
  }
  before.forEach((one, i) => { if (!one.isEqualNode(after[i])) swap(one, after[i]); });
}

function swap(old, fresh) {
  const active = document.activeElement;
  const inside = old.contains(active);
  if (find("input", old)?.checked) { const box = find("input", fresh); if (box) box.checked = true; }
  old.replaceWith(fresh);
  if (!inside) return;
  const same = [...fresh.querySelectorAll("a, button, input")].find((one) => one.getAttribute("href") === active.getAttribute("href") && one.name === active.name);
  (same ?? find("a, button, input", fresh))?.focus({ preventScroll: true });
}

/** The element in a piece of HTML; a table's row needs its table around. */
export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}
