/* Presses every control of a page without leaving it, and returns what was found.
   Sending is stopped at the last moment: what a form would have sent is told, not sent. */
async () => {
  const seen = { dead: [], hiddenErrors: [], nameless: [], sent: [], pressed: 0 };
  // What a screen reader would call "button", "edit" or nothing at all: axe says more, and takes ten times as long.
  const says = (node) => node.getAttribute("aria-label")?.trim() || node.getAttribute("aria-labelledby") || node.title;
  const shown = (node) => node.textContent.trim() || [...node.querySelectorAll("img[alt], [aria-label]")].some((one) => one.alt || says(one));
  for (const node of document.querySelectorAll("th, button, a[href], summary, input, select, textarea")) {
    if (node.type === "hidden" || !node.checkVisibility() || node.closest("[aria-hidden='true']") || says(node)) continue;
    const field = node.matches("input, select, textarea");
    const named = field ? [...node.labels].some(shown) || (/submit|button|reset/.test(node.type) && node.value) : shown(node);
    if (!named) seen.nameless.push(node.outerHTML.slice(0, 120));
  }
  let effects = 0;
  const effect = () => (effects += 1);
  const stop = (event) => {
    event.preventDefault();
    effect();
  };
  new MutationObserver(effect).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  for (const kind of ["change", "focusin", "scroll", "toggle", "input"]) document.addEventListener(kind, effect, true);
  window.open = () => (effect(), null);
  window.close = window.print = history.back = effect;
  const realFetch = window.fetch;
  window.fetch = () => (effect(), Promise.resolve(new Response(null, { status: 204 })));
  document.addEventListener("htmx:beforeRequest", stop);
  const unseen = (field) => !field.checkVisibility({ visibilityProperty: true });
  document.addEventListener("invalid", (event) => {
    effect();
    // After the page's own scripts: they may open what the field is in.
    if (unseen(event.target)) seen.hiddenErrors.push(event.target.outerHTML.slice(0, 120));
    event.preventDefault();
  }, true);
  window.addEventListener("submit", (event) => {
    const form = event.target;
    const by = event.submitter;
    const own = (name) => (by?.hasAttribute(`form${name}`) ? by[`form${name[0].toUpperCase()}${name.slice(1)}`] : null);
    const action = own("action") ?? form.getAttribute("action") ?? location.href;
    seen.sent.push({ method: (own("method") ?? form.method).toUpperCase(), url: new URL(action || location.href, location.href).href });
    stop(event);
  });
  window.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link && !event.defaultPrevented && !link.getAttribute("href").startsWith("#")) stop(event);
  });

  const label = (node) => (node.getAttribute("aria-label") || node.innerText || node.value || node.title || node.outerHTML.slice(0, 80)).trim().replace(/\s+/g, " ");
  const controls = 'button, summary, input[type="submit"], input[type="button"], [role="button"], [role="tab"], a:not([href]), a[href^="#"], a[href="#"], a[data-toggle], [data-behaviours], [data-back]';
  const done = new Set();
  for (const node of document.querySelectorAll(controls)) {
    if (!node.isConnected || node.disabled || node.matches('.disabled, [aria-disabled="true"], [hidden], .skip')) continue;
    if (node.matches('[role="tab"][aria-selected="true"]') && node.closest('[role="tablist"]').querySelectorAll('[role="tab"]').length === 1) continue;
    if (node.matches("a.active:not([href])")) continue; // the step one is at
    const form = node.form ?? node.closest("form");
    const kind = [node.tagName, label(node), node.className, form?.getAttribute("action")].join("|").replace(/\d+/g, "0");
    if (done.has(kind)) continue;
    done.add(kind);
    if (node.matches('a[href^="#"]') && node.hash.length > 1 && document.getElementById(node.hash.slice(1))) {
      if (!node.matches("[data-toggle], [role=tab]")) continue; // leads to a place that is there
    }
    for (let around = node.parentElement?.closest("details"); around; around = around.parentElement?.closest("details")) {
      if (node.tagName !== "SUMMARY" || node.parentElement !== around) around.open = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (node.matches('[role="tab"][aria-selected="true"]')) {
      node.closest('[role="tablist"]').querySelector('[role="tab"][aria-selected="false"]').click();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    const started = effects;
    node.click();
    await new Promise((resolve) => setTimeout(resolve, 0));
    seen.pressed += 1;
    if (effects === started) seen.dead.push(`${label(node)}: ${node.outerHTML.slice(0, 160)}`);
    for (const sent of document.querySelectorAll("form[data-sent]")) delete sent.dataset.sent;
  }
  window.fetch = realFetch;
  return seen;
}
