// The diagram editor: bpmn-js, its property panel, and the findings as badges at the elements.
import { diagramEditor } from "../../build/modeler.js";
import { badge } from "./findings.js";

export async function open(area, text, changed) {
  const modeler = diagramEditor(area.querySelector("[data-canvas]"), area.querySelector("[data-panel]"));
  await modeler.importXML(text);
  const [canvas, overlays, registry] = ["canvas", "overlays", "elementRegistry"].map((name) => modeler.get(name));
  canvas.zoom("fit-viewport", "auto");
  if (area.hasAttribute("data-may-edit")) modeler.on("commandStack.changed", changed);

  const shape = (id) => registry.get(id) ?? registry.find((one) => one.businessObject?.id === id);
  return {
    modeler,
    async read() {
      return (await modeler.saveXML({ format: true })).xml;
    },
    focus(id) {
      const element = shape(id) ?? canvas.getRootElement();
      if (element !== canvas.getRootElement()) canvas.scrollToElement(element);
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
