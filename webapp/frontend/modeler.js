// The editor of diagrams: bpmn-js with the property panel of Camunda 8 and its behaviours.
import Modeler from "bpmn-js/lib/Modeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { CreateAppendAnythingModule } from "bpmn-js-create-append-anything";
import {
  BpmnPropertiesPanelModule,
  BpmnPropertiesProviderModule,
  ZeebePropertiesProviderModule,
} from "bpmn-js-properties-panel";
import ZeebeBehaviorsModule from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import { missing, say, translate } from "./words.js";

export { missing, say, Modeler as PlainModeler, NavigatedViewer };

// Shapes take the colours of the page's theme; the file keeps those that somebody chose, and no others.
const INK = { defaultFillColor: "var(--canvas-fill-color)", defaultStrokeColor: "var(--bio-text)" };

export function diagramEditor(container, panel) {
  return new Modeler({
    container,
    propertiesPanel: { parent: panel },
    moddleExtensions: { zeebe },
    bpmnRenderer: INK,
    additionalModules: [
      translate,
      CreateAppendAnythingModule, // what is drawn with the palette can be drawn with keys: N for new, A to append
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      ZeebePropertiesProviderModule,
      ZeebeBehaviorsModule,
    ],
  });
}
