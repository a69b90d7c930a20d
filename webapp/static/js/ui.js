// SPDX-License-Identifier: GPL-3.0-or-later
// What every page does: search key, dialogs, notes, times that run on, counters of the rail.
// Modules import each other without ?v=, so that there is one of each.

/** @param {string} selector @param {ParentNode} [root] */
export const find = (selector, root = document) => root.querySelector(selector);
/** @param {string} selector @param {ParentNode} [root] */
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** 1 instance, 2 instances. */
export const number = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

const STEPS = [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]];

/** Two units at the most, as the pages say it. */
export function duration(seconds) {
  for (const [long, name, short, shortName] of STEPS) {
    if (seconds < long) continue;
    const rest = Math.floor((seconds % long) / short);
    return `${Math.floor(seconds / long)} ${name}${rest ? ` ${rest} ${shortName}` : ""}`;
  }
  return `${Math.max(1, Math.floor(seconds))} s`;
}

function ago(seconds) {
  if (seconds < 5) return "just now";
  return `${duration(seconds).split(" ").slice(0, 2).join(" ")} ago`;
}

/** Bring the times below root up to date. */
export function tick(root = document) {
  const now = Date.now();
  for (const one of root.querySelectorAll("time[data-ago], time[data-for]")) {
    const seconds = (now - Date.parse(one.dateTime)) / 1000;
    if (Number.isNaN(seconds)) continue;
    const words = "ago" in one.dataset ? ago(seconds) : duration(Math.max(0, seconds));
    if (one.textContent !== words) one.textContent = words;
  }
  countDown(root);
}

/** Time that is left: 4:05 left. */
function countDown(root) {
  const now = Date.now();
  for (const one of root.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.round((Date.parse(one.dataset.until) - now) / 1000));
    const words = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left` : "expired";
    if (one.textContent !== words) one.textContent = words;
  }
}

/** A note in the corner. html: our own template's. */
function settle(toast) {
  if (toast.classList.contains("bad")) return;
  let timer = setTimeout(() => toast.remove(), 9000);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), 3000); });
}

/**
 * Ask in the dialog.
 * @param {{title: string, yes: string, danger?: boolean, lines: string[]}} what
 * @returns {Promise<boolean>}
 */
export function ask({ title, yes, danger = false, lines }) {
  const dialog = find("#confirm");
  find("h2", dialog).textContent = title;
  find("[data-body]", dialog).replaceChildren(...lines.map((line) => {
    const p = document.createElement("p");
    p.textContent = line;
    return p;
  }));
  const button = find("[data-yes]", dialog);
  button.textContent = yes;
  button.classList.toggle("danger", danger);
  dialog.returnValue = "no";
  dialog.showModal();
  button.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** Questions for forms that are not one simple sentence: form id -> (submitter) -> what ask() takes, or null. */
export const questions = new Map();

document.addEventListener("htmx:confirm", async (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  event.preventDefault();
  const form = ctx.sourceElement;
  const own = questions.get(form.id);
  const what = own
    ? own(ctx.request.submitter)
    : {
      title: form.dataset.ask, yes: form.dataset.yes, danger: form.dataset.kind.includes("danger"),
      lines: [form.getAttribute("hx-confirm")],
    };
  if (what && !(await ask(what))) return dropRequest();
  if (what) ctx.request.body.set("confirm", "yes");
  return issueRequest();
});

document.addEventListener("htmx:error", (event) => {
  const { error } = event.detail;
  if (error?.name !== "AbortError") note("The dashboard does not answer.", "Nothing was changed, as far as this page knows.");
});

/** A note that something went wrong, in our own words. */
export function note(title, hint = "") {
  const toast = document.createElement("div");
  toast.className = "toast bad";
  toast.setAttribute("role", "alert");
  const words = document.createElement("div");
  const b = document.createElement("b");
  b.textContent = title;
  const p = document.createElement("p");
  p.className = "muted";
  p.textContent = hint;
  words.append(b, p);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn quiet small";
  close.dataset.close = "";
  close.textContent = "Close";
  toast.append(words, close);
  find("#toasts").append(toast);
}

document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-close]");
  if (close) close.closest(".toast").remove();
  const copy = event.target.closest?.("[data-copy]");
  if (copy) copyFrom(copy);
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

async function copyFrom(button) {
  const text = button.dataset.copy || find("code", button.parentElement).textContent;
  await navigator.clipboard.writeText(text).catch(() => {});
  const use = find("use", button);
  const before = use.getAttribute("href");
  use.setAttribute("href", before.replace(/#.*/, "#check"));
  setTimeout(() => use.setAttribute("href", before), 1200);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = find("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  }
  if (event.key !== "Escape") return;
  for (const menu of all("details.menu[open]")) { menu.open = false; find("summary", menu).focus(); }
  if (typing?.matches("[data-search]")) {
    if (typing.value) { typing.value = ""; typing.dispatchEvent(new Event("input", { bubbles: true })); }
    else typing.blur();
  }
});

new MutationObserver((changes) => {
  for (const change of changes) for (const one of change.addedNodes) if (one.nodeType === 1) settle(one);
}).observe(find("#toasts"), { childList: true });

let counting = null;
/** Ask anew what waits; several calls shortly after one another are one. */
export function recount() {
  counting ??= setTimeout(async () => {
    counting = null;
    if (document.hidden) return;
    try {
      const answer = await fetch("/parts/nav", { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      for (const [name, count] of Object.entries(await answer.json())) {
        const place = find(`#nav-${name}`);
        if (place) place.textContent = count || "";
      }
    } catch { /* the banner says it */ }
  }, 400);
}

addEventListener("load", () => tick());
setInterval(() => { if (!document.hidden) tick(); }, 10000);
setInterval(() => { if (!document.hidden) countDown(document); }, 1000);
setInterval(recount, 30000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) { tick(); recount(); } });
document.addEventListener("htmx:after:swap", () => { tick(); recount(); });
