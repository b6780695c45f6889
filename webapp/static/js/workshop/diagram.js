// The diagram editor: bpmn-js, its property panel, and the findings as badges at the elements.
import { diagramEditor } from "../../build/modeler.js";
import { badge } from "./findings.js";

const EDGE = 30;

export async function open(area, text, changed) {
  const box = area.querySelector("[data-canvas]");
  const modeler = diagramEditor(box, area.querySelector("[data-panel]"));
  await modeler.importXML(text);
  const [canvas, overlays, registry] = ["canvas", "overlays", "elementRegistry"].map((name) => modeler.get(name));
  const room = fit(canvas, box);
  if (area.hasAttribute("data-may-edit")) modeler.on("commandStack.changed", changed);

  const shape = (id) => registry.get(id) ?? registry.find((one) => one.businessObject?.id === id);
  return {
    modeler,
    async read() {
      return (await modeler.saveXML({ format: true })).xml;
    },
    focus(id) {
      const element = shape(id) ?? canvas.getRootElement();
      if (element !== canvas.getRootElement()) canvas.scrollToElement(element, { top: EDGE, right: EDGE, bottom: EDGE, left: room + EDGE });
      modeler.get("selection").select(element);
      canvas.focus();
    },
    mark(findings) {
      overlays.remove({ type: "finding" });
      for (const finding of findings) {
        const element = shape(finding.id);
        if (!element || element === canvas.getRootElement()) continue;
        overlays.add(element, "finding", { position: { top: -12, left: -6 }, html: badge(finding) });
      }
    },
  };
}

// All of the diagram, beside the palette that stands before the left edge; how wide that is.
function fit(canvas, box) {
  const palette = box.querySelector(".djs-palette");
  const room = palette ? palette.offsetLeft + palette.offsetWidth : 0;
  const { inner, outer } = canvas.viewbox();
  if (!outer.width || !inner.width) return room;
  const scale = Math.min(1, (outer.width - room - 2 * EDGE) / inner.width, (outer.height - 2 * EDGE) / inner.height);
  const [width, height] = [outer.width / scale, outer.height / scale];
  const beside = (width - (room + 2 * EDGE) / scale - inner.width) / 2;
  const x = inner.x - (room + EDGE) / scale - Math.max(0, beside);
  canvas.viewbox({ x, y: inner.y - (height - inner.height) / 2, width, height });
  return room;
}
