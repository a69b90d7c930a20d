// SPDX-License-Identifier: GPL-3.0-or-later
// On to OpenClaw's Control UI. It takes the token from the fragment, which no server sees, and drops it there.
const place = document.querySelector("#go");
const { url, token, direct } = place.dataset;
for (const name of ["url", "token"]) delete place.dataset[name];

const go = () => {
  const to = new URL(url);
  to.hash = `token=${encodeURIComponent(token)}`;
  location.replace(to);
};
document.querySelector("[data-go]").addEventListener("click", go);
if (direct === "1") go();
