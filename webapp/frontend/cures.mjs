// What has to be changed in libraries while they are bundled. Each change is counted: a new version of a library in
// which it would change nothing, or something else, stops the build.
import { readFile } from "node:fs/promises";

// CodeMirror writes <style> elements, which our Content Security Policy refuses; adopted style sheets it allows.
export const oneStyleSheet = {
  name: "one-style-sheet",
  setup(build) {
    build.onLoad({ filter: /\/style-mod\/src\/style-mod\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const before = "if (!root.head && root.adoptedStyleSheets && win.CSSStyleSheet) {";
      return { contents: replacedOnce(source, before, "if (root.adoptedStyleSheets && win.CSSStyleSheet) {", path) };
    });
  },
};

// The property panel speaks English wherever its owner does not hand the translation on: it asks our words instead.
const FALLBACK = "function translateFallback(template, replacements) {";
const spokenFallback = (source, path) => replacedOnce(
  source, FALLBACK, `${FALLBACK}\n  return banliSay(template, replacements);`, path,
);
const asking = (source) => `import { say as banliSay } from ${JSON.stringify(OUR_WORDS)};\n${source}`;

export const panelWords = {
  name: "panel-words",
  setup(build) {
    build.onLoad({ filter: /\/@bpmn-io\/properties-panel\/dist\/index\.esm\.js$/ }, async ({ path }) => {
      return { contents: asking(spokenFallback(await readFile(path, "utf8"), path)) };
    });
  },
};

// form-js has no translation: its literal labels are asked of our words when the page opens.
const LABELS = /\b(label|description|title|tooltip|placeholder|name|children|emptyText|text): (['"])((?:\\.|(?!\2)[^\\\n])*)\2(?=[,\s})])/g;
const ELSEWHERE = new RegExp(
  String.raw`((?:return|label =|description =|tooltip =) )'((?:Remove form field|Should be a valid number|Must be number|`
    + String.raw`Must not be empty|(?:Group|Table|Field) label|Hide if|Deactivate if|Condition under which|Documents whose)`
    + String.raw`[^']*)'`, "g");
const OF_PEOPLE = /^[A-Z<].*[a-z]{2}|^(URL|ID)$/;
const NOT_SHOWN = new Set(["Root", "FilterContext", "John Doe", "Erika Muller", "Dominic Leaf"]);
const EXPECTED = { "form-js-editor": 170, "form-js-viewer": 58 };

export function formWords() {
  const counted = {};
  return {
    plugin: {
      name: "form-words",
      setup(build) {
        build.onLoad({ filter: /\/@bpmn-io\/form-js-(editor|viewer)\/dist\/index\.es\.js$/ }, async ({ path }) => {
          const name = /(form-js-\w+)\/dist/.exec(path)[1];
          counted[name] = 0;
          const read = await readFile(path, "utf8");
          const source = name === "form-js-editor" ? spokenFallback(heldFocus(read, path), path) : read;
          const spoken = source.replace(ELSEWHERE, (_whole, before, text) => {
            counted[name] += 1;
            return `${before}banliSay(${JSON.stringify(unescaped(text))})`;
          }).replace(LABELS, (whole, key, _quote, text) => {
            if (!OF_PEOPLE.test(text) || NOT_SHOWN.has(text)) return whole;
            counted[name] += 1;
            return `${key}: banliSay(${JSON.stringify(unescaped(text))})`;
          });
          return { contents: asking(spoken) };
        });
      },
    },
    check() {
      for (const [name, expected] of Object.entries(EXPECTED)) {
        if (counted[name] !== expected) {
          throw new Error(`${name}: ${counted[name]} labels, not ${expected}: look at what is new, then count it.`);
        }
      }
    },
  };
}

// The chosen field of a form takes the focus whenever it is drawn anew, so also from who edits it in the panel beside.
const TAKES_FOCUS = `    if (selection.isSelected(field)) {
      ref.current.focus();`;
const FROM = 'document.activeElement.matches(".fjs-form-container *, .fjs-palette-container *")';
const heldFocus = (source, path) => replacedOnce(
  source, TAKES_FOCUS, TAKES_FOCUS.replace("(field)) {", `(field) && ${FROM}) {`), path,
);

const OUR_WORDS = new URL("words.js", import.meta.url).pathname;

function unescaped(text) {
  return text.replaceAll("\\'", "'").replaceAll('\\"', '"');
}

function replacedOnce(source, before, after, path) {
  if (source.split(before).length !== 2) throw new Error(`${path} is not as it was when this cure was written.`);
  return source.replace(before, after);
}
