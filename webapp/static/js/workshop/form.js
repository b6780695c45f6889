// The form editor: form-js, with the findings at the components.
import { formEditor } from "../../build/forms.js";
import { badge } from "./findings.js";

export async function open(area, text, changed) {
  const box = area.querySelector("[data-canvas]");
  const editor = formEditor(box);
  const before = JSON.parse(text);
  await editor.importSchema(structuredClone(before));
  const opened = JSON.parse(JSON.stringify(editor.saveSchema()));
  if (area.hasAttribute("data-may-edit")) editor.on("commandStack.changed", changed);
  const place = (id) => box.querySelector(`.fjs-form-editor [data-id="${CSS.escape(id)}"]`);
  let marks = [];
  const paint = () => {
    for (const old of box.querySelectorAll(".finding-badge")) old.remove();
    for (const finding of marks) place(finding.id)?.append(badge(finding));
  };
  editor.on("changed", () => requestAnimationFrame(paint));

  return {
    editor,
    async read() {
      const now = JSON.parse(JSON.stringify(editor.saveSchema()));
      return `${JSON.stringify(inOrder(asEdited(before, opened, now), before), null, 2)}\n`;
    },
    focus(id) {
      const component = editor.get("formFieldRegistry").get(id);
      if (!component) return;
      editor.get("selection").set(component);
      place(id)?.scrollIntoView({ block: "center" });
      place(id)?.focus({ preventScroll: true });
    },
    mark(findings) {
      marks = findings;
      requestAnimationFrame(paint);
    },
  };
}

// What was edited, and nothing else: what form-js added by itself when it opened the file is left away again.
function asEdited(before, opened, now) {
  if (same(opened, now)) return before;
  if (Array.isArray(now)) {
    const [was, had] = [opened, before].map((list) => new Map((Array.isArray(list) ? list : []).map((one) => [one?.id, one])));
    return now.map((one) => (one?.id && was.has(one.id) && had.has(one.id) ? asEdited(had.get(one.id), was.get(one.id), one) : one));
  }
  if (now === null || typeof now !== "object" || before === null || typeof before !== "object") return now;
  const edited = {};
  for (const [key, value] of Object.entries(now)) {
    if (!same(opened?.[key], value)) edited[key] = asEdited(before[key], opened?.[key], value);
    else if (key in before) edited[key] = before[key];
  }
  return edited;
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// Keys in the order in which the file had them, so that a change of one field is a change of one line.
function inOrder(after, before) {
  if (Array.isArray(after)) {
    const known = new Map(Array.isArray(before) ? before.map((item) => [item?.id ?? item, item]) : []);
    return after.map((item, index) => inOrder(item, known.get(item?.id ?? item) ?? before?.[index]));
  }
  if (after === null || typeof after !== "object") return after;
  const keys = Object.keys(after);
  const old = before && typeof before === "object" && !Array.isArray(before) ? Object.keys(before) : [];
  const ordered = [...old.filter((key) => key in after), ...keys.filter((key) => !old.includes(key))];
  return Object.fromEntries(ordered.map((key) => [key, inOrder(after[key], before?.[key])]));
}
