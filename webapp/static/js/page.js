// What every page does: keyboard, forms, the diagram of a matter, and a word when the network is gone.
// Each part is loaded only where its page needs it.
import "./keyboard.js";

const needs = (selector) => document.querySelector(selector) !== null;

if (needs("[hx-post], [hx-get]")) await import("../build/htmx.js");
if (needs("form[data-form], [data-inline]")) await import("./form.js");
if (needs("[data-diagram]")) await import("./matter.js");

const offline = document.getElementById("offline");
const tell = () => { offline.hidden = navigator.onLine; };
window.addEventListener("online", tell);
window.addEventListener("offline", tell);
tell();

// A menu closes like every menu: by Escape, or by a click elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Filters that are chosen from a list apply at once; without script there is a button.
for (const select of document.querySelectorAll("[data-apply]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// One click is one act: a form that is on its way is not sent again, and says so when it takes longer.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (!navigator.onLine || form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  setTimeout(() => {
    if (!button) return;
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.sending) button.textContent = button.dataset.sending;
  }, 300);
});
// The page may come back from the browser's memory: its forms can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
document.documentElement.dataset.ready = "yes";
