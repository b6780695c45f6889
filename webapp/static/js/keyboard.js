// The inbox by keyboard: j and k move, Enter opens, x picks, c claims, e decides in place, / searches, ? explains.
// Silent while somebody types, while an input method composes, and while a dialog is open.
const entries = () => [...document.querySelectorAll(".entry")];
const current = () => document.querySelector(".entry.current");

function typing(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function move(step) {
  const all = entries();
  if (all.length === 0) return;
  const at = all.indexOf(current());
  const to = all[at === -1 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  for (const entry of all) entry.classList.toggle("current", entry === to);
  to.querySelector(".what a, .what button").focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
}

const acts = {
  j: () => move(1),
  k: () => move(-1),
  x: () => current()?.querySelector(".pick input")?.click(),
  c: () => current()?.querySelector("[data-claim]")?.click(),
  e: () => current()?.querySelector("[data-decide]")?.click(),
  "/": () => document.querySelector("input[type=search]")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.defaultPrevented || typing(event.target) || document.querySelector("dialog[open]")) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("focusin", (event) => {
  const entry = event.target.closest(".entry");
  if (entry) for (const other of entries()) other.classList.toggle("current", other === entry);
});

// What was picked, and the one act that is offered for several tasks at once.
const bar = document.querySelector(".selection");
if (bar) {
  const count = () => {
    const picked = document.querySelectorAll(".pick input:checked").length;
    bar.hidden = picked === 0;
    bar.querySelector("[data-count]").textContent = String(picked);
  };
  document.addEventListener("change", (event) => { if (event.target.closest(".pick")) count(); });
  count();
}
