// The editor of forms: form-js, whose words are replaced while it is bundled (see build.mjs).
import { FormEditor } from "@bpmn-io/form-js-editor";
import { missing, say, translate } from "./words.js";

export { missing, say, FormEditor as PlainEditor };

export function formEditor(container) {
  return new FormEditor({ container, additionalModules: [translate] });
}
