// SPDX-License-Identifier: GPL-3.0-or-later
// A list of requests or finds, taken anew from the server. What is ticked or has the focus stays so.
import { find, recount, tick } from "./ui.js";

const WAIT_MS = 800;

/**
 * A function that has the list taken anew soon, however often it is called until then.
 * @param {string} selector of the list, here and in the answer @param {string} path
 * @returns {(ms?: number) => void}
 */
export function anew(selector, path) {
  let timer = 0;
  const look = async () => {
    const old = find(selector);
    if (!old || document.hidden) return;
    const answer = await fetch(path, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(selector);
    if (!fresh) return;
    const ticked = new Set([...old.querySelectorAll("[name=ids]:checked")].map((box) => box.value));
    for (const box of fresh.querySelectorAll("[name=ids]")) box.checked = ticked.has(box.value);
    const node = document.adoptNode(fresh);
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(node);
    if (active) [...node.querySelectorAll("button, input")].find((one) => one.name === active.name && one.value === active.value)?.focus({ preventScroll: true });
    window.htmx?.process(node);
    document.dispatchEvent(new CustomEvent("fresh", { detail: node }));
    tick();
    recount();
  };
  return (ms = WAIT_MS) => { timer ||= setTimeout(() => { timer = 0; look().catch(() => {}); }, ms); };
}
