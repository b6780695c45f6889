// The editor of decision tables: dmn-js with all its views.
import Modeler from "dmn-js/lib/Modeler";
import { missing, say, translate } from "./words.js";

export { missing, say, Modeler as PlainModeler };

// Shapes take the colours of the page's theme; the file keeps those that somebody chose, and no others.
const INK = { defaultFillColor: "var(--canvas-fill-color)", defaultStrokeColor: "var(--bio-text)" };

export function tableEditor(container) {
  const speaking = { additionalModules: [translate] };
  return new Modeler({
    container,
    drd: { ...speaking, drdRenderer: INK },
    decisionTable: speaking,
    literalExpression: speaking,
    boxedExpression: speaking,
  });
}
