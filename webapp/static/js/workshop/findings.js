// What is wrong, in the list beside the editor and at the elements; a finding in the list leads to its element.
export class Findings {
  constructor(area, editor) {
    this.editor = editor;
    this.list = area.querySelector("[data-findings]");
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-focus]");
      if (button) this.editor.focus(button.dataset.focus);
    });
    this.editor.mark(this.listed());
  }

  show({ list, marks }) {
    this.list.innerHTML = list;
    this.editor.mark(marks);
  }

  // A link to a finding carries the element behind "#".
  follow(hash) {
    if (hash.length > 1) this.editor.focus(decodeURIComponent(hash.slice(1)));
  }

  listed() {
    return [...this.list.querySelectorAll("[data-focus]")].map((button) => ({
      id: button.dataset.focus,
      severity: button.closest("li").dataset.severity,
      word: button.closest("li").querySelector(".word").textContent,
      sentence: button.textContent,
    }));
  }
}

// A small sign with its word; the whole sentence on hover and for screen readers.
export function badge({ severity, word, sentence }) {
  const sign = document.createElement("span");
  sign.className = "finding-badge";
  sign.dataset.severity = severity;
  sign.textContent = word;
  sign.title = sentence;
  return sign;
}
