// SPDX-License-Identifier: GPL-3.0-or-later
// The hosts page: fetched anew, at most every three seconds, while something changes.
import { find, tick } from "./ui.js";
import { on, subscribe } from "./live.js";

const PAUSE = 3000; // ms
let timer = 0;
let version = Number(find("#hosts").dataset.version);

async function renew() {
  timer = 0;
  await window.htmx.ajax("GET", "/hosts?part=list", { target: "#hosts", swap: "outerMorph" });
  tick();
}

function take({ hosts }) {
  if (hosts.length && !timer) timer = setTimeout(renew, PAUSE);
}

on("health_update", take);
on("snapshot", take);
// After a loss everything comes anew: the dashboard may be another process by then, with versions of its own.
subscribe("fleet", () => {
  const payload = version === null ? { channel: "fleet" } : { channel: "fleet", since: version };
  version = null;
  return payload;
});
