// SPDX-License-Identifier: GPL-3.0-or-later
// What is found on the hosts, as it is found, adopted or gone.
import { anew } from "./anew.js";
import { find } from "./ui.js";
import { on, subscribe } from "./live.js";

const soon = anew("#found", location.pathname + location.search);
const shown = () => [...document.querySelectorAll("#found [name=ids]")].map((box) => box.value);

let version = null;
const seen = ({ version: now, instances, removed = [] }) => {
  version = now;
  const there = new Set(shown());
  const news = instances.some((line) => (line.registry === "none") !== there.has(line.id));
  if (news || removed.some((id) => there.has(id))) soon();
};
on("snapshot", seen);
on("health_update", seen);
if (find("#found")) subscribe("fleet", () => ({ channel: "fleet", since: version, view: null }));
