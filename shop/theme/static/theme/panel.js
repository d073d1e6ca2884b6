/* What Oscar's own panel pages expect of scripts that this theme does not load. Without this file nothing is out of
   reach: sections stand one below the other, menus open while the focus is in them. */
"use strict";

(() => {
  const words = document.currentScript.dataset;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const hasText = (node) => node.textContent.trim() !== "";
  const WRONG = ".error-block, .errorlist, .invalid-feedback";

  // --- sections behind tabs: the one with a mistake comes first, then the one the address names ---
  const paneOf = (tab) => document.getElementById(tab.hash.slice(1));
  const isWrong = (pane) => all(WRONG, pane).some(hasText);

  const show = (tab) => {
    for (const other of all('[role="tab"]', tab.closest('[role="tablist"]'))) {
      const chosen = other === tab;
      other.classList.toggle("active", chosen);
      other.setAttribute("aria-selected", chosen);
      other.tabIndex = chosen ? 0 : -1;
      paneOf(other).hidden = !chosen;
    }
  };
  const showPaneOf = (field) => {
    const pane = field.closest('[role="tabpanel"]');
    const tab = pane && document.querySelector(`[role="tab"][href="#${pane.id}"]`);
    if (tab) show(tab);
  };
  const makeTabs = (list) => {
    const tabs = all('[data-toggle="tab"]', list).filter(paneOf);
    if (!tabs.length) return;
    list.setAttribute("role", "tablist");
    for (const tab of tabs) {
      tab.setAttribute("role", "tab");
      tab.id ||= `tab-${tab.hash.slice(1)}`;
      tab.setAttribute("aria-controls", tab.hash.slice(1));
      tab.closest("li")?.setAttribute("role", "presentation");
      const pane = paneOf(tab);
      pane.setAttribute("role", "tabpanel");
      pane.setAttribute("aria-labelledby", tab.id);
      if (!pane.querySelector("a[href], button, input:not([type=hidden]), select, textarea")) pane.tabIndex = 0;
      if (isWrong(pane)) {
        const mark = document.createElement("span");
        mark.className = "tab-wrong";
        mark.textContent = words.wrong;
        tab.append(" ", mark);
      }
    }
    for (const pane of paneOf(tabs[0]).parentElement.children) {
      if (pane.matches(".tab-pane") && !tabs.some((tab) => paneOf(tab) === pane)) pane.hidden = true;
    }
    const named = tabs.find((tab) => tab.hash === location.hash);
    const active = tabs.find((tab) => tab.matches(".active, .active > *"));
    show(tabs.find((tab) => isWrong(paneOf(tab))) ?? named ?? active ?? tabs[0]);
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const at = tabs.indexOf(event.target);
      if (!step || at < 0) return;
      event.preventDefault();
      const next = tabs[(at + step + tabs.length) % tabs.length];
      show(next);
      next.focus();
    });
  };
  new Set(all('[data-toggle="tab"]').map((tab) => tab.closest("ul"))).forEach(makeTabs);
  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.('[role="tab"]');
    if (!tab) return;
    event.preventDefault();
    show(tab);
    history.replaceState(history.state, "", tab.hash);
  });
  // A field the browser finds wrong may be in a section that is closed: Chromium says nothing at all about it then.
  document.addEventListener("invalid", (event) => showPaneOf(event.target), true);

  // --- menus of a row ---
  const menuOf = (toggle) => toggle.parentElement.querySelector(".dropdown-menu");
  const openMenu = (toggle, open) => {
    menuOf(toggle)?.classList.toggle("show", open);
    toggle.setAttribute("aria-expanded", open);
  };
  const toggles = all('main [data-toggle="dropdown"]');
  toggles.forEach((toggle, number) => {
    toggle.id = `menu-${number}`; // Oscar gives every row's the same
    menuOf(toggle)?.setAttribute("aria-labelledby", toggle.id);
  });
  const closeMenus = (but) => toggles.filter((toggle) => toggle !== but).forEach((toggle) => openMenu(toggle, false));
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest?.('main [data-toggle="dropdown"]');
    closeMenus(toggle);
    if (!toggle) return;
    event.preventDefault();
    openMenu(toggle, toggle.getAttribute("aria-expanded") !== "true");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = toggles.find((toggle) => toggle.getAttribute("aria-expanded") === "true");
    closeMenus();
    open?.focus();
  });

  // --- what opens over the page in Oscar opens within it here ---
  const openBox = (box, open) => {
    box.classList.toggle("open", open);
    if (open) box.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  };
  document.addEventListener("click", (event) => {
    const opens = event.target.closest?.('[data-toggle="modal"]');
    const closes = event.target.closest?.('[data-dismiss="modal"]');
    if (!opens && !closes) return;
    event.preventDefault();
    const box = opens ? document.querySelector(opens.dataset.target) : closes.closest(".modal");
    openBox(box, opens ? !box.classList.contains("open") : false);
  });
  all(".modal").filter((box) => all(WRONG, box).some(hasText)).forEach((box) => openBox(box, true));

  // --- days and times: the browser's own fields; what is sent is read in every language ---
  const PARTS = { YYYY: "(?<Y>\\d{4})", MM: "(?<M>\\d{1,2})", DD: "(?<D>\\d{1,2})", HH: "(?<h>\\d{1,2})", mm: "(?<m>\\d{2})", ss: "(?<s>\\d{2})" };
  const two = (text) => text.padStart(2, "0");
  const isoOf = (text, format, kind) => {
    const pattern = format.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/YYYY|MM|DD|HH|mm|ss/g, (part) => PARTS[part]);
    const found = text.match(new RegExp(`^${pattern}$`))?.groups;
    if (!found) return null;
    const day = found.Y && `${found.Y}-${two(found.M)}-${two(found.D)}`;
    const time = found.h && `${two(found.h)}:${found.m}`;
    return { date: day, time, datetime: day && time && `${day}T${time}` }[kind] ?? null;
  };
  for (const box of all("[data-oscarwidget]")) {
    const kind = box.dataset.oscarwidget;
    const field = box.querySelector("input");
    const iso = field.value && isoOf(field.value, box.dataset[`${kind}format`] ?? "", kind);
    if (iso === null) continue; // what was typed and refused stays as it was typed
    field.type = kind === "datetime" ? "datetime-local" : kind;
    field.value = iso;
  }

  // --- a product among thousands is found by typing ---
  const offer = (select, found) => {
    for (const option of [...select.options]) if (option.value && !option.selected) option.remove();
    for (const { id, text } of found) {
      if (![...select.options].some((option) => option.value === String(id))) select.add(new Option(text, id));
    }
    if (!select.multiple) select.size = found.length ? Math.min(8, select.options.length + 1) : 1;
  };
  const makeFinder = (select) => {
    const find = document.createElement("input");
    find.type = "search";
    find.className = "form-control mb-1";
    find.placeholder = words.find;
    find.setAttribute("aria-label", words.find);
    const told = document.createElement("span");
    told.className = "sub";
    told.setAttribute("role", "status");
    select.before(find);
    select.after(told);
    let waiting;
    const ask = async () => {
      const address = new URL(select.dataset.ajaxUrl, location.href);
      address.searchParams.set("q", find.value);
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok) return;
      const { results } = await answer.json();
      offer(select, results);
      told.textContent = results.length ? "" : words.nothing;
    };
    find.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 250);
    });
    find.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    select.addEventListener("change", () => {
      if (!select.multiple) select.size = 1;
    });
  };
  all("select[data-ajax-url]").forEach(makeFinder);

  // --- pictures: seen before they are sent, and room for one more ---
  const addPicture = (last) => {
    const total = document.querySelector('input[name$="images-TOTAL_FORMS"]');
    const most = document.querySelector('input[name$="images-MAX_NUM_FORMS"]');
    const number = Number(total.value);
    if (number >= Number(most.value)) return;
    const next = last.cloneNode(true);
    for (const node of all("*", next)) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const old = node.getAttribute(name);
        if (old) node.setAttribute(name, old.replace(/images-\d+-/, `images-${number}-`));
      }
    }
    next.querySelectorAll('input[type="file"], input[type="text"], input:not([type])').forEach((field) => (field.value = ""));
    next.querySelectorAll("img").forEach((picture) => picture.remove());
    const order = next.querySelector('input[name$="-display_order"]');
    if (order) order.value = number;
    last.after(next);
    total.value = number + 1;
  };
  document.addEventListener("change", (event) => {
    const field = event.target;
    const item = field.matches('input[type="file"]') && field.closest(".upload-image > li");
    if (!item || !field.files.length) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const picture = item.querySelector("img") ?? item.querySelector(".image-input").insertAdjacentElement("afterbegin", new Image());
      picture.alt = field.files[0].name;
      picture.src = reader.result;
    });
    reader.readAsDataURL(field.files[0]);
    if (item === item.parentElement.lastElementChild) addPicture(item);
  });

  // --- what hangs on a choice: changed and removed in a tab of its own, which tells this one ---
  const unnamed = (name) => name.replace(/^(create|change|update|delete)_/, "").replaceAll("__dot__", ".").replaceAll("__dash__", "-");
  const selectsOf = (opened) => all("select").filter((select) => select.id === unnamed(opened.name) || select.name === unnamed(opened.name));
  const related = (select) => {
    for (const link of all(".change-related, .delete-related", select.closest(".related-widget-wrapper"))) {
      link.hidden = !select.value;
      if (select.value) link.href = link.dataset.hrefTemplate.replace("__fk__", select.value);
    }
  };
  all(".related-widget-wrapper.single select").forEach((select) => {
    related(select);
    select.addEventListener("change", () => related(select));
  });
  window.oscar = {
    dismissAddRelatedObjectPopup(opened, id, text) {
      for (const select of selectsOf(opened)) select.add(new Option(text, id, true, true));
      opened.close();
    },
    dismissChangeRelatedObjectPopup(opened, id, text, newId) {
      for (const option of selectsOf(opened).flatMap((select) => [...select.options])) {
        if (option.value === String(id)) [option.textContent, option.value] = [text, newId];
      }
      opened.close();
    },
    dismissDeleteRelatedObjectPopup(opened, id) {
      for (const option of selectsOf(opened).flatMap((select) => [...select.options])) {
        if (option.value === String(id)) option.remove();
      }
      opened.close();
    },
  };
  document.addEventListener("click", (event) => {
    const back = event.target.closest?.("[data-back]");
    if (!back || (!window.opener && history.length < 2)) return; // then the link leads where it says
    event.preventDefault();
    if (window.opener) window.close();
    else history.back();
  });

  // --- ranges: one row taken out, all of them chosen, and their order ---
  const reorder = async (body) => {
    const form = new FormData();
    for (const row of body.rows) form.append(...row.id.split("_"));
    form.append("csrfmiddlewaretoken", body.closest("form").elements.csrfmiddlewaretoken.value);
    await fetch(new URL("../reorder/", location.href), { method: "POST", body: form, credentials: "same-origin" });
  };
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("tbody.product_list > tr");
    if (!row) return;
    if (event.target.closest('[data-behaviours~="remove"]')) {
      event.preventDefault();
      all('input[type="checkbox"]', row.closest("table")).forEach((box) => (box.checked = row.contains(box)));
      row.closest("form").requestSubmit();
    } else if (event.target.closest(".btn-handle")) {
      event.preventDefault();
      const before = row.previousElementSibling;
      if (before) before.before(row);
      else row.parentElement.append(row);
      event.target.closest(".btn-handle").focus();
      reorder(row.parentElement);
    }
  });
  all(".btn-handle").forEach((handle) => (handle.textContent = words.up));
  document.addEventListener("change", (event) => {
    if (!event.target.matches('[data-behaviours~="select-all"]')) return;
    all('tbody input[type="checkbox"]', event.target.closest("table")).forEach((box) => (box.checked = event.target.checked));
  });

  // --- one act on many products: all of a kind, also those the page does not list ---
  for (const [plural, kind] of [["standalones", "standalone"], ["parents", "parent"], ["children", "child"]]) {
    const toggle = document.querySelector(`.select-all-${plural}-toggle, .select-all-${plural}-global`);
    if (!toggle) continue;
    const link = document.querySelector(`.select-all-${plural}-link`);
    const total = Number(link.dataset.count);
    const across = document.querySelector(`input[name="select_all_${plural}"]`);
    const boxes = all(`input.select-${kind}`);
    link.hidden = total <= boxes.length;
    const count = (every) => {
      const chosen = boxes.filter((box) => box.checked).length;
      toggle.checked = every || (boxes.length > 0 && chosen === boxes.length);
      across.value = every || (toggle.checked && link.hidden) ? "on" : "";
      document.getElementById(`${kind}-selected-counter`).textContent = `(${across.value ? total : chosen} / ${total})`;
    };
    const choose = (every, checked) => {
      boxes.forEach((box) => (box.checked = checked));
      count(every);
    };
    toggle.addEventListener("change", () => choose(false, toggle.checked));
    link.addEventListener("click", (event) => {
      event.preventDefault();
      choose(across.value !== "on", across.value !== "on");
    });
    boxes.forEach((box) => box.addEventListener("change", () => count(false)));
    count(across.value === "on");
  }
  document.addEventListener("change", (event) => {
    if (!event.target.matches(".select-all-children")) return;
    for (const box of all(`input.select-child[data-parent="${event.target.dataset.parent}"]`)) {
      box.checked = event.target.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });

  // --- fields that another choice makes needless ---
  const needless = (choice, fieldsOf) => {
    if (!choice) return;
    const apply = () => fieldsOf().forEach(([field, shown]) => field && (field.closest(".form-group").hidden = !shown));
    choice.addEventListener("change", apply);
    apply();
  };
  const report = document.getElementById("id_report_type");
  needless(report?.dataset.unsupportedFields ? report : null, () => {
    const unsupported = JSON.parse(report.dataset.unsupportedFields);
    const ids = [...new Set(Object.values(unsupported).flat())];
    return ids.map((id) => [document.getElementById(id), !(unsupported[report.value] ?? []).includes(id)]);
  });
  for (const type of all('select[name^="attributes-"][name$="-type"]')) {
    needless(type, () => {
      const group = document.getElementById(type.id.replace(/type$/, "option_group"));
      return [[group, ["option", "multi_option"].includes(type.value)]];
    });
  }

  // --- Oscar's headings leave levels out; whoever jumps from one to the next hears them in order ---
  let level = 1;
  let pane = null;
  for (const heading of all("main :is(h1, h2, h3, h4, h5, h6)")) {
    const within = heading.closest('[role="tabpanel"]');
    if (within !== pane) [pane, level] = [within, 1]; // one section at a time is below the page's heading
    const own = Number(heading.tagName[1]);
    if (own > level + 1) {
      heading.setAttribute("role", "heading");
      heading.setAttribute("aria-level", level + 1);
    }
    level = Math.min(own, level + 1);
  }

  // --- names for what Oscar leaves without one: columns of buttons, boxes that choose a row, lists of acts ---
  const textOf = (node) => node?.textContent.trim().replace(/\s+/g, " ") ?? "";
  const nameOf = (row) => all("a[href], td", row).map(textOf).find((text) => text && text.length < 200) ?? "";
  const headOf = (field) => field.closest("table")?.querySelector("tr")?.cells[field.closest("td, th")?.cellIndex];
  const columnName = (head) => {
    const below = all("tr", head.closest("table")).map((row) => row.cells[head.cellIndex]).filter((cell) => cell && cell !== head);
    const has = (what) => below.some((cell) => cell.querySelector(what));
    if (has('input[type="checkbox"]')) return words.choose;
    if (has("a, button, input, select")) return words.acts;
    return has("img") ? words.picture : words.more;
  };
  for (const head of all("main th")) {
    if (hasText(head)) continue;
    const name = document.createElement("span");
    name.className = "visually-hidden";
    name.textContent = columnName(head);
    head.append(name);
  }
  const fieldName = (field) => {
    const row = field.closest("tbody > tr");
    if (row && field.type === "checkbox" && !field.closest("th")) return `${words.choose}: ${nameOf(row)}`;
    if (row && !field.closest("th")) return `${textOf(headOf(field))}: ${nameOf(row)}`;
    return field.type === "checkbox" ? words.every : field.tagName === "SELECT" ? words.acts : field.placeholder;
  };
  const isNamed = (node) => node.getAttribute("aria-label") || node.getAttribute("aria-labelledby") || node.title;
  for (const field of all("main :is(input:not([type=hidden], [type=submit], [type=button], [type=image]), select, textarea)")) {
    if (!isNamed(field) && ![...field.labels].some(hasText)) field.setAttribute("aria-label", fieldName(field));
  }
  for (const button of all("main :is(button, a[data-toggle])")) {
    if (!isNamed(button) && !hasText(button) && !button.querySelector("img[alt]")) {
      const row = button.closest("tr");
      button.setAttribute("aria-label", row ? `${words.more}: ${nameOf(row)}` : words.more);
    }
  }

  // --- the mail of a preview, kept apart from this page ---
  const preview = document.getElementById("preview_box");
  if (preview) preview.srcdoc = preview.textContent;
})();
