// SPDX-License-Identifier: GPL-3.0-or-later
// The page of one instance: its head, and the first tab, are fetched anew when the instance changes.
import { find, recount, tick } from "./ui.js";
import { on, subscribe } from "./live.js";

const PAUSE = 1500; // ms at least between two fetches

const live = find("#live");
const id = live.dataset.id;
let timer = 0;
let last = 0;
let pending = null;

/** Local time of day, or the date, for the ticks of the chart. */
function clocks() {
  for (const one of document.querySelectorAll("time[data-clock]")) {
    const at = new Date(one.dateTime);
    one.textContent = one.dataset.clock === "hour"
      ? at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
      : at.toLocaleDateString([], { month: "short", day: "numeric" });
  }
}

async function renew() {
  timer = 0;
  last = Date.now();
  const path = new URL(find("#live").dataset.live, location.href);
  for (const [name, value] of new URLSearchParams(location.search)) path.searchParams.set(name, value);
  path.searchParams.set("part", "live");
  await window.htmx.ajax("GET", path.pathname + path.search, { target: "#live", swap: "outerMorph" });
  clocks();
  tick();
}

function later() {
  if (!timer) timer = setTimeout(renew, Math.max(0, last + PAUSE - Date.now()));
}

function take({ instances }) {
  const line = instances.find((one) => one.id === id);
  if (!line) return;
  later();
  // Somebody new waits, or was answered: only the gateway knows who.
  if (pending !== null && line.pending !== pending) devices();
  pending = line.pending;
}

function devices() {
  const place = find("#devices");
  if (place) window.htmx.trigger(place, "anew");
  recount();
}

on("health_update", take);
on("snapshot", (payload) => { if (payload.instances.length) take(payload); else later(); });
on("instance_destroyed", (line) => { if (line.id === id) later(); });
// A device's job has ended: the list is another now.
on("job_event", ({ job }) => { if (find("#devices") && job.playbook === "devices" && job.finished_at) devices(); });
subscribe("instance", () => ({ channel: "instance", id }));
if (find("#panel")) subscribe("jobs", () => ({ channel: "jobs" }));
clocks();
find(".tabs [aria-current]").scrollIntoView({ block: "nearest", inline: "center" }); // phones show some of the tabs
