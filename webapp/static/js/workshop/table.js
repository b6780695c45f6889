// The table editor: dmn-js with a tab for each decision of the file, and the findings at their rows and cells.
import { tableEditor } from "../../build/tables.js";
import { badge } from "./findings.js";

export async function open(area, text, changed) {
  const box = area.querySelector("[data-canvas]");
  const tabs = area.querySelector("[data-views]");
  const modeler = tableEditor(box);
  await modeler.importXML(text);
  // The decision itself is what people come for, not the drawing of how decisions depend on one another.
  const first = modeler.getViews().find((view) => view.type !== "drd");
  if (first) await modeler.open(first);
  let marks = [];

  const watched = new WeakSet();
  const watch = () => {
    const bus = modeler.getActiveViewer()?.get("eventBus");
    if (!bus || watched.has(bus)) return;
    watched.add(bus);
    if (modeler.getActiveView().type === "drd") besideItsTitle(modeler.getActiveViewer().get("canvas"));
    if (area.hasAttribute("data-may-edit")) bus.on("elements.changed", changed);
    bus.on("elements.changed", () => requestAnimationFrame(paint));
  };
  const tell = () => {
    const active = modeler.getActiveView();
    tabs.replaceChildren(...modeler.getViews().map((view) => {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.className = "button quiet small";
      tab.textContent = view.type === "drd" ? tabs.dataset.drawing : view.name || view.id;
      if (view.element === active?.element) tab.setAttribute("aria-current", "true");
      tab.addEventListener("click", () => modeler.open(view));
      return tab;
    }));
    watch();
    requestAnimationFrame(paint);
  };
  modeler.on("views.changed", tell);
  tell();

  const cells = (id) => [...box.querySelectorAll(
    `[data-element-id="${CSS.escape(id)}"], [data-row-id="${CSS.escape(id)}"], [data-col-id="${CSS.escape(id)}"]`,
  )];
  const place = (id) => cells(id)[0] ?? null;

  function paint() {
    for (const old of box.querySelectorAll(".finding-badge")) old.remove();
    for (const old of box.querySelectorAll("[data-finding]")) delete old.dataset.finding;
    const signed = new Set();
    for (const finding of marks) {
      const cell = place(finding.id);
      if (!cell) continue;
      for (const one of cells(finding.id)) one.dataset.finding ??= finding.severity;
      const holder = cell.closest("tr")?.querySelector(".rule-index") ?? null;
      if (!holder || signed.has(holder)) continue;
      signed.add(holder);
      holder.append(badge(finding));
    }
  }

  return {
    modeler,
    async read() {
      return (await modeler.saveXML({ format: true })).xml;
    },
    async focus(id) {
      const owner = modeler.getViews().find((view) => view.type !== "drd" && holds(view.element, id));
      if (owner && modeler.getActiveView()?.element !== owner.element) await modeler.open(owner);
      const cell = place(id);
      if (!cell) return;
      cell.scrollIntoView({ block: "center" });
      (cell.querySelector("[contenteditable], input, select, button") ?? cell).focus();
    },
    mark(findings) {
      marks = findings;
      requestAnimationFrame(paint);
    },
  };
}

// The drawing of the decisions, beside the palette and beneath the title that dmn-js lays over it.
function besideItsTitle(canvas) {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(1, (outer.width - 150) / inner.width, (outer.height - 160) / inner.height);
  if (!(scale > 0)) return;
  canvas.viewbox({ x: inner.x - 110 / scale, y: inner.y - 130 / scale, width: outer.width / scale, height: outer.height / scale });
}

function holds(decision, id) {
  const table = decision.decisionLogic;
  if (decision.id === id || table?.id === id) return true;
  const rules = table?.rule ?? [];
  const columns = [...(table?.input ?? []), ...(table?.output ?? [])];
  return columns.some((column) => column.id === id) || rules.some((rule) => rule.id === id
    || [...(rule.inputEntry ?? []), ...(rule.outputEntry ?? [])].some((entry) => entry.id === id));
}
