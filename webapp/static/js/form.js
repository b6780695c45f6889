// A task's form: rows that are added and removed, conditions and totals that the server works out, drafts that save
// themselves. Nothing is evaluated here: what a field shows is decided by the same rules that will check it.
const SAVE_AFTER = 1500;
const ASK_AFTER = 350;

function prepare(form) {
  if (form.dataset.prepared) return;
  form.dataset.prepared = "yes";
  const status = form.querySelector("[data-saved]");
  const state = form.querySelector("[data-live]");
  let changed = false;
  let saving = 0;
  let asking = 0;

  const save = () => {
    if (!changed || form.dataset.sent || !navigator.onLine || !status) return; // what was submitted is no draft any more
    changed = false;
    status.dispatchEvent(new Event("save"));
  };
  const ask = () => { if (state) state.dispatchEvent(new Event("ask")); };
  const touched = (event) => {
    if (event.isComposing) return; // an input method is still choosing signs
    changed = true;
    clearTimeout(saving);
    saving = setTimeout(save, SAVE_AFTER);
    clearTimeout(asking);
    asking = setTimeout(ask, ASK_AFTER);
  };
  form.addEventListener("input", touched);
  form.addEventListener("compositionend", touched);
  // A file is kept as soon as it is chosen. If that fails, it goes with the form as it would without script.
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[data-files] input[type=file]") || !event.target.files.length) return;
    event.target.closest("[data-files]").dispatchEvent(new Event("upload"));
  });
  window.addEventListener("online", save);

  // Leaving the page: what was typed in the last second goes along.
  window.addEventListener("pagehide", () => {
    if (!changed || form.dataset.sent || !form.dataset.draft) return;
    changed = false;
    const typed = new FormData(form);
    // Files were kept when they were chosen; here they would only be too large to go along.
    for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
    fetch(form.dataset.draft, { method: "POST", body: typed, keepalive: true });
  });

  // The server's answer: which fields are there now, and what the computed ones show.
  form.addEventListener("htmx:after:swap", () => apply(form));
  apply(form);

  form.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    const remove = event.target.closest("[data-remove-row]");
    if (!add && !remove) return;
    event.preventDefault();
    if (add) addRow(form, add);
    else removeRow(remove);
    touched(event);
  });
}

function apply(form) {
  for (const told of form.querySelectorAll("[data-live] data")) {
    const path = CSS.escape(told.dataset.path);
    if (told.dataset.kind === "visible") {
      for (const part of form.querySelectorAll(`[data-path="${path}"]`)) {
        part.hidden = told.value === "no";
        for (const input of part.querySelectorAll("input, select, textarea")) input.disabled = part.hidden;
      }
    } else {
      for (const output of form.querySelectorAll(`output[data-computed="${path}"]`)) {
        if (output.textContent !== told.textContent) output.textContent = told.textContent;
      }
    }
  }
}

function addRow(form, button) {
  const rows = form.querySelector(`[data-rows="${CSS.escape(button.dataset.addRow)}"]`);
  const next = Number(rows.dataset.next);
  rows.dataset.next = String(next + 1);
  const template = rows.parentElement.querySelector("template");
  const holder = document.createElement("div");
  holder.innerHTML = template.innerHTML.replaceAll("{row}", String(next));
  const row = holder.firstElementChild;
  rows.append(row);
  renumber(rows);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function removeRow(button) {
  const row = button.closest(".row");
  const rows = row.parentElement;
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  renumber(rows);
  (neighbour?.querySelector("input, select, textarea") ?? rows.parentElement.querySelector("[data-add-row]")).focus();
}

function renumber(rows) {
  [...rows.querySelectorAll("[data-row-number]")].forEach((number, index) => { number.textContent = String(index + 1); });
}

for (const form of document.querySelectorAll("form[data-form]")) prepare(form);
// A form that htmx put into the inbox: ready it, and give it the keyboard.
document.addEventListener("htmx:after:swap", (event) => {
  for (const form of document.querySelectorAll("form[data-form]")) {
    if (form.dataset.prepared) continue;
    prepare(form);
    form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  }
  document.getElementById("error-summary")?.focus();
  void event;
});
document.getElementById("error-summary")?.focus();
