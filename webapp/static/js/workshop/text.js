// Scenarios and translations as text; a finding that names a line puts the cursor there.
const LINE = /^line:(\d+)$/;

export async function open(area, text, changed) {
  const field = area.querySelector("[data-text]");
  field.value = text;
  field.addEventListener("input", (event) => { if (!event.isComposing) changed(); });
  field.addEventListener("compositionend", changed);
  return {
    async read() {
      return field.value;
    },
    focus(id) {
      field.focus();
      const found = LINE.exec(id);
      if (!found) return;
      const lines = field.value.split("\n");
      const start = lines.slice(0, Number(found[1]) - 1).join("\n").length + (found[1] === "1" ? 0 : 1);
      field.setSelectionRange(start, start + (lines[Number(found[1]) - 1] ?? "").length);
      field.scrollTop = (field.scrollHeight / lines.length) * Math.max(0, Number(found[1]) - 5);
    },
    mark() { /* text has no elements; the list names the lines */ },
  };
}
