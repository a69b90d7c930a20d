// SPDX-License-Identifier: GPL-3.0-or-later
// Loaded in the head and blocking, so that no page flashes in the wrong theme.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const set = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  let kept = null;
  try { kept = localStorage.getItem("theme"); } catch { /* private window */ }
  set(kept);

  const mark = () => {
    for (const one of document.querySelectorAll("[data-theme-to]")) {
      one.setAttribute("aria-pressed", String(one.dataset.themeTo === (root.dataset.theme ?? "auto")));
    }
  };
  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("click", (event) => {
    const theme = event.target.closest?.("[data-theme-to]")?.dataset.themeTo;
    if (!theme) return;
    set(theme);
    try { localStorage.setItem("theme", theme); } catch { /* private window */ }
    mark();
  });
  addEventListener("storage", (event) => {
    if (event.key === "theme") { set(event.newValue); mark(); }
  });
})();
