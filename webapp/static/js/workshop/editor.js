// An editor's page: opens the file in the right editor, saves by itself, and shows what is wrong at its element.
import { Saving } from "./saving.js";
import { Findings } from "./findings.js";

const area = document.querySelector("[data-editor]");
const openers = {
  diagram: () => import("./diagram.js"),
  table: () => import("./table.js"),
  form: () => import("./form.js"),
  scenarios: () => import("./text.js"),
  labels: () => import("./text.js"),
};

const { open } = await openers[area.dataset.editor]();
const words = JSON.parse(area.dataset.words);
const status = document.querySelector("[data-status]");
const answer = await fetch(area.dataset.file);
const text = await answer.text();
area.dataset.revision = answer.headers.get("X-Revision");
let saving = null;
const changed = () => saving?.changed();
try {
  const editor = await open(area, text, changed);
  const findings = new Findings(area, editor);
  if (area.hasAttribute("data-may-edit")) saving = new Saving(area, editor, (told) => findings.show(told));
  findings.follow(location.hash);
  window.banliEditor = editor;
} catch (error) {
  status.textContent = `${words.unreadable} ${error.message}`;
  status.classList.add("late-words");
}
area.dataset.open = "yes";
