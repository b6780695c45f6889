// Saves what an editor holds, a moment after the last change, on top of the revision that it is based on. What somebody
// else saved meanwhile is never written over without asking, and what is here is never lost.
const WAIT = 900;
const AGAIN = 5000;

export class Saving {
  constructor(area, editor, saved) {
    this.area = area;
    this.editor = editor;
    this.saved = saved;
    this.words = JSON.parse(area.dataset.words);
    this.status = document.querySelector("[data-status]");
    this.conflict = document.querySelector("[data-conflict]");
    this.revision = area.dataset.revision;
    this.dirty = false;
    this.busy = false;
    this.stopped = false;
    this.conflict.querySelector("[data-aside]").addEventListener("click", () => this.aside());
    this.conflict.querySelector("[data-over]").addEventListener("click", () => this.over());
    this.conflict.querySelector("[data-theirs]").addEventListener("click", () => { this.dirty = false; location.reload(); });
    window.addEventListener("beforeunload", (event) => { if (this.dirty || this.busy) event.preventDefault(); });
    window.addEventListener("online", () => this.later(0));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.later(0);
    });
  }

  changed() {
    this.dirty = true;
    if (this.stopped) return;
    this.status.textContent = this.words.unsaved;
    this.later(WAIT);
  }

  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), milliseconds);
  }

  async save() {
    if (!this.dirty || this.busy || this.stopped) return;
    this.busy = true;
    this.dirty = false;
    this.status.textContent = this.words.saving;
    try {
      await this.answered(await this.send(this.area.dataset.file, { "X-Based-On": this.revision }));
    } catch {
      this.dirty = true;
      this.status.textContent = this.words.away;
      this.later(AGAIN);
    } finally {
      this.busy = false;
    }
    if (this.dirty) this.later(WAIT);
  }

  async send(url, headers) {
    const body = await this.editor.read();
    return fetch(url, {
      method: "POST",
      body: new Blob([body], { type: "application/octet-stream" }),
      headers: { "X-CSRFToken": this.area.dataset.token, ...headers },
    });
  }

  async answered(answer) {
    if (answer.status >= 500 || !answer.headers.get("Content-Type")?.includes("json")) throw new Error(answer.statusText);
    const told = await answer.json();
    if (answer.ok) {
      this.revision = String(told.revision);
      this.status.textContent = told.saved;
      this.saved(told);
      return;
    }
    this.dirty = true;
    this.stopped = true; // what is here stays here until the person says what is to become of it
    this.other = told.revision;
    this.status.textContent = this.words.unsaved;
    this.conflict.hidden = false;
    this.conflict.querySelector("[data-sentence]").textContent = told.sentence;
    for (const button of this.conflict.querySelectorAll("[data-over], [data-theirs]")) button.hidden = !told.conflict;
    this.conflict.focus();
  }

  async aside() {
    const answer = await this.send(this.area.dataset.asideUrl, {});
    const told = await answer.json();
    if (!answer.ok) {
      this.conflict.querySelector("[data-sentence]").textContent = told.sentence;
      return;
    }
    this.dirty = false;
    location.assign(told.url);
  }

  over() {
    this.revision = String(this.other ?? 0);
    this.stopped = false;
    this.conflict.hidden = true;
    this.later(0);
  }
}
