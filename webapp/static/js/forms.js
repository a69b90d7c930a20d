// SPDX-FileCopyrightText: Claw Pilot contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Forms that say what is wrong as one types, and that are sent without losing what was typed.
// form[data-enhance]: sent by fetch; parts with data-swap are taken from the answer.

const TYPING_MS = 350;
const DOTS = "••••••••";

/** What fetch sends for a form and the button that was pressed. */
const sent = (form, button) => {
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  return new URLSearchParams(data);
};

/** Put the parts of the answer into the page; secrets that were typed stay, the server never has them to send back. */
const swap = (form, page) => {
  const kept = new Map([...form.querySelectorAll("[data-secret]")].map((input) => [input.name, input.value]));
  const focused = document.activeElement?.id;
  for (const part of page.querySelectorAll("[data-swap]")) {
    document.getElementById(part.id)?.replaceWith(document.adoptNode(part));
  }
  for (const input of form.querySelectorAll("[data-secret]")) input.value ||= kept.get(input.name) ?? "";
  if (focused) document.getElementById(focused)?.focus();
};

const showErrors = (form) => {
  const wrong = form.querySelector('[aria-invalid="true"], .error:not(:empty)');
  for (const advanced of form.querySelectorAll("[data-advanced]")) {
    advanced.open ||= Boolean(advanced.querySelector('[aria-invalid="true"]'));
  }
  const field = wrong?.matches(".error") ? wrong.closest(".field, .wide")?.querySelector("input, select, textarea") : wrong;
  (field ?? form.querySelector("#form-errors .banner"))?.focus();
};

const rowsBefore = (form) => form.querySelectorAll(".agent-row, .key-row").length;

/** The last row's first field, after one was added. */
const focusNewRow = (form, kind) => {
  const rows = form.querySelectorAll(kind === "agents" ? ".agent-row" : ".key-row");
  rows[rows.length - 1]?.querySelector("input")?.focus();
};

const preview = async (form, text) => {
  const job = new DOMParser().parseFromString(text, "text/html").querySelector("[data-job]");
  const place = document.getElementById("preview");
  if (!job || !place) return false;
  const { mount } = await import("./jobs.js"); // before the job is there: it mounts what it finds
  place.replaceChildren(document.adoptNode(job));
  place.hidden = false;
  mount(job);
  place.scrollIntoView({ block: "start" });
  return true;
};

const complain = (form, sentence) => {
  const banner = Object.assign(document.createElement("div"), { className: "banner bad", textContent: sentence });
  banner.setAttribute("role", "alert");
  form.querySelector("#form-errors")?.replaceChildren(banner);
};

const send = async (form, button) => {
  const doing = button?.value ?? "";
  const before = rowsBefore(form);
  form.setAttribute("aria-busy", "true");
  if (button) button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent(form, button), headers: { Accept: "text/html" } });
    if (answer.redirected) {
      if (doing === "preview" && (await preview(form, await answer.text()))) return;
      location.assign(answer.url);
      return;
    }
    swap(form, new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (answer.status === 422) showErrors(form);
    else if (doing.startsWith("add:") && rowsBefore(form) > before) focusNewRow(form, doing.slice(4));
    mirror(form);
  } catch (error) {
    console.error(error);
    complain(form, "The dashboard does not answer. Nothing was sent; try again.");
  } finally {
    form.removeAttribute("aria-busy");
    if (button) button.disabled = false;
  }
};

/** Ask the server about one field. Keys and tokens are not sent along. */
const checkField = async (form, input) => {
  const data = new URLSearchParams({ field: input.dataset.check });
  for (const name of ["host", "openclaw_user", "openclaw_home", input.name]) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLElement) data.set(name, field.value);
  }
  const asked = input.value;
  const answer = await fetch(form.dataset.checkPath, { method: "POST", body: data, headers: { Accept: "application/json" } });
  if (!answer.ok || input.value !== asked) return;
  const { error } = await answer.json();
  const place = form.querySelector(`[data-error="${CSS.escape(input.name)}"]`);
  if (place) place.textContent = error;
  if (error) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
};

/** The summary beside the form. */
const words = (form, name) => {
  const field = form.elements.namedItem(name);
  if (!(field instanceof HTMLElement)) return "";
  if (field.type === "checkbox") return field.checked ? "on" : "";
  if (field.type === "password") return field.value ? DOTS : "";
  return field.value;
};
const FALLBACK = { gateway_port: "chosen on the host", "telegram.bot_token": "off", "mem0.enabled": "off", default_model: "none" };
const rowWords = {
  agents: (form) => ["main", ...[...form.querySelectorAll('[name^="agents-"][name$="-id"]')].map((i) => i.value)].filter(Boolean).join(", "),
  providers: (form) =>
    [...form.querySelectorAll('[name^="providers-"][name$="-name"]')]
      .filter((input) => input.value)
      .map((input) => {
        const how = form.querySelector(`[name="${input.name.replace(/name$/, "how")}"]:checked`)?.value;
        const key = form.elements.namedItem(input.name.replace(/name$/, "api_key"))?.value;
        return `${input.value} ${{ copy: "(copied)", none: "(no key)" }[how] ?? (key ? DOTS : "(key missing)")}`;
      })
      .join(", "),
};
const mirror = (form) => {
  const slug = words(form, "slug");
  const name = form.elements.namedItem("display_name");
  if (name && slug) name.placeholder = slug[0].toUpperCase() + slug.slice(1);
  for (const place of form.querySelectorAll("[data-mirror]")) {
    const key = place.dataset.mirror;
    const typed = words(form, key);
    const field = form.elements.namedItem(key);
    place.textContent = typed || FALLBACK[key] || (key === "display_name" && slug ? name.placeholder : "–");
    if (key === "gateway_port" && !typed && /^\d+$/.test(field?.placeholder ?? "")) place.textContent = field.placeholder;
    place.classList.toggle("unset", !typed);
  }
  for (const place of form.querySelectorAll("[data-mirror-rows]")) {
    place.textContent = rowWords[place.dataset.mirrorRows](form) || "none";
  }
};

const enhance = (form) => {
  const timers = new Map();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, event.submitter);
  });
  form.addEventListener("input", (event) => {
    mirror(form);
    const input = event.target;
    if (!form.dataset.checkPath || !input.dataset?.check) return;
    clearTimeout(timers.get(input.name));
    timers.set(input.name, setTimeout(() => checkField(form, input).catch(() => {}), TYPING_MS));
  });
  form.addEventListener("change", (event) => {
    mirror(form);
    if (event.target.matches("[data-refresh]")) send(form, { name: "do", value: "refresh" });
  });
  mirror(form);
};

/** A field that must hold exactly a word before its button works. */
const guard = (input) => {
  const button = input.form.querySelector("[data-guarded]");
  const look = () => { button.disabled = input.value.trim() !== input.dataset.mustBe; };
  input.addEventListener("input", look);
  look();
};

/** One box that ticks all others of its form, and a count of what is ticked. */
const tickAll = (all) => {
  const form = all.form;
  const boxes = () => [...form.querySelectorAll('input[type="checkbox"][name]')];
  const look = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
    for (const place of form.querySelectorAll("[data-ticked]")) place.textContent = ticked ? ` ${ticked}` : "";
    for (const button of form.querySelectorAll("[data-needs-tick]")) button.disabled = ticked === 0;
  };
  all.addEventListener("change", () => { for (const box of boxes()) box.checked = all.checked; look(); });
  form.addEventListener("change", look);
  look();
};

/** Filters are applied when they change. */
const filter = (form) => {
  form.addEventListener("change", () => form.requestSubmit());
};

document.addEventListener("fresh", ({ detail }) => detail.querySelectorAll("[data-tick-all]").forEach(tickAll));
document.querySelectorAll("form[data-enhance]").forEach(enhance);
document.querySelectorAll("[data-must-be]").forEach(guard);
document.querySelectorAll("[data-tick-all]").forEach(tickAll);
document.querySelectorAll("form[data-filter]").forEach(filter);
