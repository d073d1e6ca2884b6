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

// Lists to decide on: j and k move, Enter opens, a accepts, r leads to rejecting, x chooses. What acts needs the focus in
// its row, and a switch turns all of it off: people who speak to their computer say letters too.
const KEYS = "akcept-keys-off";
const keysOff = () => {
  try {
    return localStorage.getItem(KEYS) === "1";
  } catch {
    return false; // a browser that keeps nothing
  }
};
for (const switching of document.querySelectorAll("[data-keys]")) {
  switching.closest("[data-keys-switch]").hidden = false;
  switching.checked = !keysOff();
  switching.addEventListener("change", () => {
    try {
      if (switching.checked) localStorage.removeItem(KEYS);
      else localStorage.setItem(KEYS, "1");
    } catch {
      switching.checked = true;
    }
  });
}
const rows = () => [...document.querySelectorAll("tr[data-row]")];
let current = -1;
const goTo = (row) => {
  const all = rows();
  current = all.indexOf(row);
  all.forEach((other) => other.setAttribute("aria-current", other === row));
  row.querySelector("a").focus();
};
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = rows();
  if (!all.length || keysOff()) return;
  const focused = event.target.closest("tr[data-row]");
  if ((event.key === "j" || event.key === "k") && (focused || event.target === document.body || event.target.matches("main"))) {
    if (focused) current = all.indexOf(focused);
    goTo(all[Math.max(0, Math.min(all.length - 1, current + (event.key === "j" ? 1 : -1)))]);
    event.preventDefault();
    return;
  }
  const act = { a: "[data-accept]", r: "[data-reject]", x: "[data-pick]" }[event.key];
  const target = act && focused?.querySelector(act);
  if (target) {
    target.click();
    event.preventDefault();
  }
});
// A row that was decided says what became of it, and the focus goes on to the next one that waits.
document.addEventListener("htmx:afterSettle", (event) => {
  const outcome = event.target.closest?.("tr.outcome") ?? document.querySelector("tr.outcome [data-outcome]:not([data-seen])")?.closest("tr");
  const link = outcome?.querySelector("[data-outcome]:not([data-seen])");
  if (!link) return;
  link.dataset.seen = "1";
  const all = rows();
  const waiting = (row) => row.querySelector("[data-accept]");
  const next = all.slice(all.indexOf(outcome) + 1).find(waiting) ?? all.find(waiting);
  if (next) goTo(next);
  else link.focus();
});

// Choosing rows to decide together: the bar shows once something is chosen, and says how many.
const bulk = document.querySelector("[data-bulk]");
// What the chosen orders come to, each currency by itself, as the page's language writes it.
const sumOf = (boxes) => {
  const cents = {};
  for (const { dataset } of boxes) {
    cents[dataset.currency] = (cents[dataset.currency] ?? 0) + Math.round(Number(dataset.net) * 100);
  }
  const shown = ([currency, amount]) =>
    new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency, useGrouping: "always" }).format(amount / 100);
  return Object.entries(cents).map(shown).join(" + ");
};
const manyOf = (number) =>
  new Intl.PluralRules(document.documentElement.lang).select(number) === "few" ? bulk.dataset.saysFew : bulk.dataset.saysMany;
const showBulk = () => {
  if (!bulk) return;
  const all = [...document.querySelectorAll("[data-pick]")];
  const chosen = all.filter((box) => box.checked).length;
  bulk.querySelector("[data-bulk-count]").textContent = chosen;
  bulk.hidden = !chosen;
  const sum = sumOf(all.filter((box) => box.checked));
  bulk.querySelector("[data-bulk-sum]").textContent = sum && ` · ${sum}`;
  for (const told of bulk.querySelectorAll("[data-bulk-told]")) {
    told.textContent = chosen === 1 ? `${bulk.dataset.saysOne} ${sum}.` : `${chosen} ${manyOf(chosen)} ${sum}.`;
  }
  for (const every of document.querySelectorAll("[data-pick-all]")) {
    every.hidden = !all.length;
    every.checked = all.length > 0 && chosen === all.length;
    every.indeterminate = chosen > 0 && chosen < all.length;
  }
};
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const box of document.querySelectorAll("[data-pick]")) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-pick], [data-pick-all]")) showBulk();
});
document.addEventListener("htmx:afterSettle", showBulk);
window.addEventListener("pageshow", showBulk);
showBulk();

// How many orders wait, in the menu of a page that stays open: asked once a minute, not in a tab nobody looks at.
const counters = [...document.querySelectorAll("[data-count]")];
let askedAt = Date.now();
let asking = counters.length > 0;
const spanOf = (text, name, value) => {
  const span = document.createElement("span");
  span.setAttribute(name, value);
  span.textContent = text;
  return span;
};
const askCount = async () => {
  if (!asking || document.hidden || Date.now() - askedAt < 55000) return;
  askedAt = Date.now();
  try {
    const answer = await fetch(counters[0].dataset.count, { cache: "no-cache", credentials: "same-origin" });
    asking = answer.status !== 204;
    if (answer.status !== 200) return;
    const [seen, heard] = (await answer.text()).split("\n");
    for (const counter of counters) {
      counter.textContent = seen === "0" ? "" : seen;
      if (heard) counter.replaceChildren(spanOf(seen, "aria-hidden", "true"), spanOf(heard, "class", "visually-hidden"));
    }
  } catch {
    // Without network the number stays as it was.
  }
};
if (asking) setInterval(askCount, 60000);
document.addEventListener("visibilitychange", askCount);

// Opening "reject" in a row leads straight to the reason.
document.addEventListener("toggle", (event) => {
  if (event.target.matches("details.pop[open]")) event.target.querySelector("textarea")?.focus();
}, true);

// A choice that asks for more opens what it asks for, and typing there is choosing it.
const chosenBy = (more) => {
  const [name, value] = more.dataset.choice.split("=");
  return [more.closest("form").elements[name], value];
};
document.addEventListener("change", (event) => {
  for (const more of event.target.form?.querySelectorAll("details[data-choice]") ?? []) {
    const [field, value] = chosenBy(more);
    if (event.target === field) more.open = field.value === value;
  }
});
document.addEventListener("input", (event) => {
  const more = event.target.closest("details[data-choice]");
  if (!more) return;
  const [field, value] = chosenBy(more);
  field.value = value;
});

// A row that was sent and refused may be sent again.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form) return;
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled=true]")) button.removeAttribute("aria-disabled");
});

// Enter in a line that finds something adds what was found; it does not send the whole form.
document.addEventListener("keydown", (event) => {
  const line = event.key === "Enter" && event.target.matches("input") && event.target.closest("[data-enter]");
  if (!line) return;
  event.preventDefault();
  line.querySelector("button").click();
});

// A text area with a limit counts while one types; nothing is cut off, what is too long is said.
const count = (area) => {
  let shown = area.nextElementSibling;
  if (!shown?.matches(".counted")) {
    shown = document.createElement("div");
    shown.className = "counted sub";
    shown.append(document.createElement("span"), document.createElement("span"));
    shown.firstChild.id = `counted-${Math.random().toString(36).slice(2)}`;
    shown.lastChild.className = "visually-hidden";
    shown.lastChild.setAttribute("aria-live", "polite");
    area.after(shown);
    area.setAttribute("aria-describedby", `${area.getAttribute("aria-describedby") ?? ""} ${shown.firstChild.id}`.trim());
  }
  const { limit, within, over } = area.dataset;
  const n = [...area.value.trim()].length;
  const isOver = n > Number(limit);
  const said = (isOver ? over : within).replace("{n}", n).replace("{limit}", limit);
  if (shown.classList.contains("over") !== isOver) shown.lastChild.textContent = said;
  shown.classList.toggle("over", isOver);
  shown.firstChild.textContent = said;
  shown.hidden = n === 0;
};
for (const name of ["input", "focusin"]) {
  document.addEventListener(name, (event) => {
    if (event.target.matches("textarea[data-limit]")) count(event.target);
  });
}
for (const area of document.querySelectorAll("textarea[data-limit]")) if (area.value) count(area);

// A browser cuts off what is pasted into a limited field without a word: taken whole, the shop refuses what is too long.
for (const name of ["paste", "drop"]) {
  document.addEventListener(name, (event) => event.target.closest?.("[maxlength]")?.removeAttribute("maxlength"), true);
}

// After a refused form the summary of errors is where reading starts, unless the reader was faster and is somewhere already.
const errors = document.querySelector("[data-error-summary]");
const at = document.activeElement;
if (errors && (!at || at === document.body || at.autofocus)) errors.focus();

// A part of the page that the shop could not answer: the page stays as it is, and says why above everything else.
const tell = (words) => {
  let place = document.getElementById("akcept-unavailable");
  if (!place) {
    place = document.createElement("div");
    place.id = "akcept-unavailable";
    place.className = "alert alert-warning";
    place.setAttribute("role", "alert");
    (document.querySelector("main") || document.body).prepend(place);
  }
  place.textContent = words;
  place.scrollIntoView({ block: "nearest" });
};
const pageIn = (text) => (/^\s*<!doctype/i.test(text) ? new DOMParser().parseFromString(text, "text/html") : null);
const tellPage = (page) => {
  const said = page.querySelector("main") || page.body;
  const sentence = (part) => part.textContent.trim().replace(/([^.!?…])$/, "$1.");
  tell([...said.querySelectorAll("h1, p")].map(sentence).join(" "));
};
document.addEventListener("htmx:responseError", (event) => {
  const page = pageIn(event.detail.xhr.responseText);
  if (page) tellPage(page);
});
// A refusal that came as a whole page has no place within this one, unless the part that was asked for is in it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, elt, requestConfig } = event.detail;
  const page = xhr.status >= 400 && event.detail.shouldSwap ? pageIn(xhr.responseText) : null;
  if (!page) return;
  const wanted = (requestConfig?.elt || elt).closest("[hx-select]")?.getAttribute("hx-select");
  if (wanted && page.querySelector(wanted)) return;
  event.detail.shouldSwap = false;
  tellPage(page);
});
// Nothing came back at all: no network, or no shop.
document.addEventListener("htmx:sendError", () => {
  const words = document.querySelector("script[data-no-answer]")?.dataset.noAnswer;
  if (words) tell(words);
});
