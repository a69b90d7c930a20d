// SPDX-FileCopyrightText: Claw Pilot contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The list of jobs as it changes, and one job with its output in a terminal.
import { duration, find, tick } from "./ui.js";
import { on, subscribe, unsubscribe } from "./live.js";

const REFRESH_MS = 350; // between two looks at the tasks of a running job
const SCROLLBACK = 50000;
const GAP = new Set(["play", "task", "stats"]); // an empty line before these
const THEME = {
  background: "#10141b", foreground: "#d5dae3", cursor: "#10141b", cursorAccent: "#10141b", selectionBackground: "#3b4a6b",
  black: "#8690a0", red: "#ff8a86", green: "#6fd39b", yellow: "#e8bf62", blue: "#86b7ff", magenta: "#d3a6f7", cyan: "#66d0d8", white: "#d5dae3",
  brightBlack: "#8690a0", brightRed: "#ff8a86", brightGreen: "#6fd39b", brightYellow: "#e8bf62", brightBlue: "#86b7ff", brightMagenta: "#d3a6f7", brightCyan: "#66d0d8", brightWhite: "#ffffff",
};

/** At most one call per wait, the last one included. */
const calm = (work, wait = REFRESH_MS) => {
  let timer = 0;
  return () => { timer ||= setTimeout(() => { timer = 0; work(); }, wait); };
};

const load = async (url) => {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
};

/** Put fresh parts in the place of the old ones of the same id; what is scrolled stays there. */
const replace = (page, selector) => {
  for (const fresh of page?.querySelectorAll(selector) ?? []) {
    const old = document.getElementById(fresh.id);
    if (!old || old.isEqualNode(fresh)) continue;
    const top = old.scrollTop;
    const node = document.adoptNode(fresh);
    old.replaceWith(node);
    node.scrollTop = top;
    window.htmx?.process(node);
  }
  tick();
};

/**
 * xterm writes <style> elements, which our policy forbids. It gets an element that puts the same rules into a
 * constructed style sheet, which is allowed.
 */
const withoutStyleElements = (work) => {
  const create = document.createElement;
  document.createElement = (name, ...rest) => {
    if (name !== "style") return create.call(document, name, ...rest);
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets.push(sheet);
    const stand = create.call(document, "template");
    Object.defineProperty(stand, "textContent", { set: (text) => sheet.replaceSync(text), get: () => "" });
    return stand;
  };
  try { return work(); } finally { delete document.createElement; }
};

/** The same for what xterm says with a style attribute: as a property it is allowed. */
const withoutStyleAttributes = () => {
  HTMLSpanElement.prototype.setAttribute = function set(name, value) {
    if (name === "style") this.style.cssText = value;
    else Element.prototype.setAttribute.call(this, name, value);
  };
};

const styled = (href) => new Promise((resolve) => {
  if ([...document.styleSheets].some((sheet) => sheet.href === new URL(href, location).href)) return resolve();
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  link.addEventListener("load", resolve);
  link.addEventListener("error", resolve);
  document.head.append(link);
});

/** The output of a job in a terminal; markers: counter of an event -> its line. */
class Screen {
  constructor(place, terminal, fit) {
    this.place = place;
    this.terminal = terminal;
    this.markers = new Map();
    this.last = 0;
    this.follow = true;
    withoutStyleAttributes();
    withoutStyleElements(() => terminal.open(place));
    fit.fit();
    new ResizeObserver(() => fit.fit()).observe(place);
    terminal.attachCustomKeyEventHandler((event) => this.key(event));
  }

  static async in(job) {
    const [{ Terminal }, { FitAddon }] = await Promise.all([import(job.dataset.xterm), import(job.dataset.fit), styled(job.dataset.xtermCss)]);
    const place = find("[data-screen]", job);
    const plain = find("[data-plain]", job);
    const font = getComputedStyle(plain);
    const terminal = new Terminal({
      disableStdin: true, convertEol: true, scrollback: SCROLLBACK, theme: THEME, fontFamily: font.fontFamily, fontSize: parseFloat(font.fontSize),
      lineHeight: 1.25, cursorInactiveStyle: "none", cursorBlink: false, allowTransparency: false,
    });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    place.hidden = false;
    plain.hidden = true;
    return new Screen(place, terminal, fit);
  }

  /** Scrolls by keyboard and lets everything else (Tab above all) go to the page. */
  key(event) {
    const by = { PageUp: -1, PageDown: 1 }[event.key];
    if (event.type === "keydown") {
      if (by) this.terminal.scrollPages(by);
      else if (event.key === "ArrowUp") this.terminal.scrollLines(-1);
      else if (event.key === "ArrowDown") this.terminal.scrollLines(1);
      else if (event.key === "Home") this.terminal.scrollToTop();
      else if (event.key === "End") this.terminal.scrollToBottom();
      else return false;
      event.preventDefault();
    }
    return false;
  }

  write(events) {
    for (const event of events) {
      if (event.counter <= this.last) continue; // told twice after a reconnect
      this.last = event.counter;
      if (event.stdout && GAP.has(event.kind) && event.counter > 1) this.terminal.write("\r\n");
      if (event.kind === "task" || event.kind === "play") {
        this.terminal.write("", () => this.markers.set(String(event.counter), this.terminal.registerMarker(0)));
      }
      if (event.stdout) this.terminal.write(`${event.stdout.replace(/^(\r?\n)+|(\r?\n)+$/g, "")}\r\n`);
    }
    this.terminal.write("", () => { if (this.follow) this.terminal.scrollToBottom(); });
  }

  show(counter) {
    const line = this.markers.get(counter)?.line;
    if (line === undefined || line < 0) return;
    this.terminal.scrollToLine(line);
    this.terminal.select(0, line, this.terminal.cols);
  }
}

/** The seconds of what runs now. */
const runOn = () => {
  for (const place of document.querySelectorAll("[data-since]")) {
    place.textContent = duration((Date.now() - Date.parse(place.dataset.since)) / 1000);
  }
};

/** Everything of a job's page that changes. */
export const mount = async (job) => {
  const id = job.dataset.job;
  const url = `/jobs/${id}`;
  const follow = find("[data-follow]", job);
  let screen = null;
  const looked = async () => {
    replace(await load(`${url}?part=live`), "[data-live]");
    if (follow?.checked) find(".o-running", job)?.closest("a")?.scrollIntoView({ block: "nearest" });
  };
  const soon = calm(looked);
  const ended = async () => {
    replace(await load(url), "[data-live], #job-actions, #job-rest");
    if (job.isConnected && job.dataset.active === "yes") job.dataset.active = "no";
  };

  job.addEventListener("click", (event) => {
    const task = event.target.closest?.("[data-line]");
    if (!task || !screen) return;
    event.preventDefault();
    if (follow) follow.checked = false;
    screen.follow = false;
    screen.show(task.dataset.line);
  });
  follow?.addEventListener("change", () => {
    if (!screen) return;
    screen.follow = follow.checked;
    if (follow.checked) screen.terminal.scrollToBottom();
  });

  if (find("[data-screen]", job)) {
    screen = await Screen.in(job);
    if (job.dataset.active === "no") screen.follow = false;
    if (follow) follow.checked = screen.follow;
    screen.terminal.element.addEventListener("wheel", (event) => {
      if (event.deltaY >= 0) return;
      screen.follow = false;
      if (follow) follow.checked = false;
    }, { passive: true });
  }
  let state = "";
  on("job_event", (payload) => {
    if (payload.job.id !== id) return;
    if (!job.isConnected) return unsubscribe(`job ${id}`);
    screen?.write(payload.events);
    const was = state;
    state = payload.job.state;
    if (!["queued", "running"].includes(state)) {
      if (job.dataset.active === "yes") ended();
    } else if (was !== state || payload.events.length) soon();
  });
  subscribe(`job ${id}`, () => ({ channel: "job", id, after: screen?.last ?? 0 }));
};

const list = () => {
  const look = calm(async () => {
    if (document.hidden) return;
    const query = new URLSearchParams(location.search);
    query.set("part", "list");
    replace(await load(`/jobs?${query}`), "#job-list");
  }, 500);
  on("job_event", look);
  on("open", look);
  subscribe("jobs", () => ({ channel: "jobs" }));
};

setInterval(runOn, 1000);
const job = find("[data-job]");
if (job) mount(job);
else if (find("#job-list[data-newest=yes]")) list();
