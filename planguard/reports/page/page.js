// Filters the findings, and keeps the filter in the address of the page. All of them are in the page already.
"use strict";
(() => {
  const form = document.getElementById("filter");
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Paper has no lines to click on.
  const print = {
    open() { for (const one of all("details:not([open])")) { one.dataset.shut = ""; one.open = true; } },
    shut() { for (const one of all("details[data-shut]")) { delete one.dataset.shut; one.open = false; } },
  };
  addEventListener("beforeprint", print.open);
  addEventListener("afterprint", print.shut);

  // A link to a part of the page has to open what the part is in.
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  };
  if (!form) return;

  const ticks = ["effect", "status", "severity"], choices = ["domain", "owner"];
  const output = document.getElementById("shown");
  const number = (value) => value.toLocaleString("en");
  const lower = (element) => element.textContent.toLowerCase();
  const groups = all("details.rule").map((element) => ({
    element,
    shown: element.querySelector("summary .n"),
    total: Number(element.dataset.total),
  }));
  const total = groups.reduce((sum, one) => sum + one.total, 0);

  // What is searched is collected when somebody searches for the first time.
  const index = (group) => {
    if (group.places) return;
    const { element } = group;
    group.head = [...element.querySelectorAll(":scope > summary, .fix, .about")].map(lower).join(" ")
      + " " + element.dataset.owner.toLowerCase();
    group.places = all(".places > li", element).map((place) => ({
      place,
      count: Number(place.dataset.n || 1),
      text: all(".at, .said, .note, .identity", place).map(lower).join(" "),
    }));
    group.rest = element.querySelector(".rest");
  };

  const search = (group, words) => {
    index(group);
    let found = 0;
    for (const one of group.places) {
      const hit = words.every((word) => group.head.includes(word) || one.text.includes(word));
      if (one.place.hidden === hit) one.place.hidden = !hit;
      if (hit) found += one.count;
    }
    if (group.rest) {
      const left = all(":scope > .places > li:not([hidden])", group.rest).length;
      group.rest.hidden = left === 0;
      group.rest.querySelector(".n").textContent = number(left);
    }
    return found;
  };

  // A search opens what it finds; without one, everything is as the reader left it.
  const before = new Map();
  const unfold = (group, searching) => {
    for (const one of [group.element, group.rest]) {
      if (!one) continue;
      if (searching && !before.has(one)) {
        before.set(one, one.open);
        one.open = true;
      } else if (!searching && before.has(one)) {
        one.open = before.get(one);
        before.delete(one);
      }
    }
  };

  const state = () => {
    const data = new FormData(form), kept = new URLSearchParams();
    for (const name of ticks) if (data.has(name)) kept.set(name, data.getAll(name).join(","));
    for (const name of [...choices, "q"]) if (data.get(name)) kept.set(name, data.get(name));
    return kept;
  };

  let searched = false;
  const apply = () => {
    const kept = state();
    const words = (kept.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = [...ticks, ...choices].filter((name) => kept.has(name)).map((name) =>
      [name, ticks.includes(name) ? kept.get(name).split(",") : [kept.get(name)]]);
    let sum = 0;
    for (const group of groups) {
      const fits = wanted.every(([name, values]) => values.includes(group.element.dataset[name]));
      const found = !fits ? 0 : words.length || searched ? search(group, words) : group.total;
      group.element.hidden = found === 0;
      group.shown.textContent = found === group.total ? number(found) : `${number(found)} of ${number(group.total)}`;
      unfold(group, words.length > 0 && found > 0);
      sum += found;
    }
    searched = words.length > 0 || searched;
    for (const one of all("section.owner")) one.hidden = !one.querySelector("details.rule:not([hidden])");
    for (const one of all(".nothing")) one.hidden = Boolean(one.parentElement.querySelector("details.rule:not([hidden])"));
    output.textContent = sum === total ? `${number(total)} findings` : `${number(sum)} of ${number(total)} findings`;
    form.querySelector("[type=reset]").hidden = kept.size === 0;
    return kept;
  };

  const keep = (kept) => {
    try {
      history.replaceState(null, "", kept.size ? `#${kept}` : location.pathname + location.search);
    } catch { /* a page in a sandbox has no address of its own */ }
  };

  const restore = () => {
    if (!location.hash.includes("=")) return reveal();
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const box of all("[type=checkbox]", form)) box.checked = (kept.get(box.name) || "").split(",").includes(box.value);
    for (const name of choices) {
      const select = form.elements[name];
      if (select) select.value = [...select.options].some((one) => one.value === kept.get(name)) ? kept.get(name) : "";
    }
    form.elements.q.value = kept.get("q") || "";
    apply();
  };

  let waiting;
  form.addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => keep(apply()), event.target.name === "q" ? 150 : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { keep(apply()); form.elements.q.focus(); }));
  const set = (open) => () => { for (const one of groups) if (!one.element.hidden) one.element.open = open; };
  document.getElementById("open-all").addEventListener("click", set(true));
  document.getElementById("close-all").addEventListener("click", set(false));
  addEventListener("hashchange", restore);
  form.hidden = false;
  restore();
})();
