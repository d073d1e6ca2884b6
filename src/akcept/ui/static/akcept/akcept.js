/* Small comforts; every page works without this file. */
"use strict";

// A form that places or decides is sent once: the second click finds its button busy.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = event.submitter;
  if (button) button.setAttribute("aria-disabled", "true");
});
// Back from the next page the browser may show this one as it was left.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled=true]")) button.removeAttribute("aria-disabled");
  }
});

// Menus close on Escape and when something else is clicked.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open], details.pop[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open], details.pop[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Selects and the like that only narrow a list send their form at once; the button stays for everybody else.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form && form.matches("form[data-auto]") && !event.target.matches("[data-manual]")) form.requestSubmit();
});

// Lists to decide on: j and k move, Enter opens, a accepts, r leads to rejecting.
const rows = () => [...document.querySelectorAll("tr[data-row]")];
let current = -1;
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = rows();
  if (!all.length) return;
  if (event.key === "j" || event.key === "k") {
    current = Math.max(0, Math.min(all.length - 1, current + (event.key === "j" ? 1 : -1)));
    all.forEach((row, index) => row.setAttribute("aria-current", index === current ? "true" : "false"));
    all[current].querySelector("a").focus();
    event.preventDefault();
    return;
  }
  const act = { a: "[data-accept]", r: "[data-reject]" }[event.key];
  const target = act && current >= 0 && all[current].querySelector(act);
  if (target) {
    target.click();
    event.preventDefault();
  }
});

// Opening "reject" in a row leads straight to the reason.
document.addEventListener("toggle", (event) => {
  if (event.target.matches("details.pop[open]")) event.target.querySelector("textarea")?.focus();
}, true);

// A row that was sent and refused may be sent again.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form) return;
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled=true]")) button.removeAttribute("aria-disabled");
});

// After a refused form the summary of errors is where reading starts.
const errors = document.querySelector("[data-error-summary]");
if (errors) errors.focus();
