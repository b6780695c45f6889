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

// form-js has no translation: its literal labels are asked of our words when the page opens.
const LABELS = /\b(label|description|title|tooltip|placeholder|name|children|emptyText|text): (['"])((?:\\.|(?!\2)[^\\\n])*)\2(?=[,\s})])/g;
const OF_PEOPLE = /^[A-Z<].*[a-z]{2}|^(URL|ID)$/;
const NOT_SHOWN = new Set(["Root", "FilterContext", "John Doe", "Erika Muller", "Dominic Leaf"]);
const EXPECTED = { "form-js-editor": 149, "form-js-viewer": 58 };

export function formWords() {
  const counted = {};
  return {
    plugin: {
      name: "form-words",
      setup(build) {
        build.onLoad({ filter: /\/@bpmn-io\/form-js-(editor|viewer)\/dist\/index\.es\.js$/ }, async ({ path }) => {
          const name = /(form-js-\w+)\/dist/.exec(path)[1];
          counted[name] = 0;
          const source = await readFile(path, "utf8");
          const spoken = source.replace(LABELS, (whole, key, _quote, text) => {
            if (!OF_PEOPLE.test(text) || NOT_SHOWN.has(text)) return whole;
            counted[name] += 1;
            return `${key}: banliSay(${JSON.stringify(unescaped(text))})`;
          });
          return { contents: `import { say as banliSay } from ${JSON.stringify(OUR_WORDS)};\n${spoken}` };
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

const OUR_WORDS = new URL("words.js", import.meta.url).pathname;

function unescaped(text) {
  return text.replaceAll("\\'", "'").replaceAll('\\"', '"');
}

function replacedOnce(source, before, after, path) {
  if (source.split(before).length !== 2) throw new Error(`${path} is not as it was when this cure was written.`);
  return source.replace(before, after);
}
