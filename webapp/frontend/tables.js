// The editor of decision tables: dmn-js with all its views.
import Modeler from "dmn-js/lib/Modeler";
import { missing, say, translate } from "./words.js";

export { missing, say, Modeler as PlainModeler };

export function tableEditor(container) {
  const speaking = { additionalModules: [translate] };
  return new Modeler({
    container,
    drd: speaking,
    decisionTable: speaking,
    literalExpression: speaking,
    boxedExpression: speaking,
  });
}
