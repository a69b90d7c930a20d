// SPDX-License-Identifier: GPL-3.0-or-later
// The inbox as it fills and empties. What is ticked stays so.
import { anew } from "./anew.js";
import { find } from "./ui.js";
import { on, subscribe } from "./live.js";

let counts = "";
let version = null;
const soon = anew("#inbox-list", "/inbox?part=list");

const seen = ({ version: now, instances }) => {
  version = now;
  const waiting = instances.filter((line) => line.pending).map((line) => `${line.id} ${line.pending}`).join();
  const gone = instances.some((line) => !line.pending && find(`#inbox-list [value^="${line.id} "]`));
  if (gone || (waiting && waiting !== counts)) soon();
  if (waiting) counts = waiting;
};
on("snapshot", seen);
on("health_update", seen);
on("job_event", ({ job }) => { if (["devices", "pair_telegram"].includes(job.playbook) && job.finished_at) soon(300); });
subscribe("fleet", () => ({ channel: "fleet", since: version, view: null }));
subscribe("jobs", () => ({ channel: "jobs" }));
