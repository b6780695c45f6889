// The words of the editors in the reader's language: English as the libraries say them, Chinese from the dictionaries.
// What no dictionary has is remembered in `missing`; a test fails when there is any.
import bpmnWords from "bpmn-js-i18n-zh/lib/bpmn-js";
import panelWords from "bpmn-js-i18n-zh/lib/properties-panel";
import zeebeWords from "bpmn-js-i18n-zh/lib/zeebe-properties-panel";
import ownWords from "./words/zh.json";

const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
// Our own words win: where the dictionaries use another word than our glossary.
const words = language === "zh" ? { ...bpmnWords, ...panelWords, ...zeebeWords, ...ownWords } : {};
export const missing = new Set();

const NOTHING_TO_SAY = /^[\s\d.,:;()<>{}"'+\-=/*·…]*$/;

export function say(template, replacements = {}) {
  let text = template;
  if (language === "zh" && typeof template === "string" && !NOTHING_TO_SAY.test(template)) {
    text = words[template];
    if (text === undefined) {
      missing.add(template);
      text = template;
    }
  }
  return String(text).replace(/{([^}]+)}/g, (whole, name) => replacements[name] ?? whole);
}

export const translate = { translate: ["value", say] };
