// Bundles what the pages need from npm into webapp/static/build; the output is committed, so that no Node is needed
// where Banli is installed. `npm ci --ignore-scripts && node build.mjs` must leave the tree unchanged.
import { build } from "esbuild";
import { readFile, mkdir, rm, writeFile } from "node:fs/promises";
import { formWords, oneStyleSheet, panelWords } from "./cures.mjs";

const here = new URL(".", import.meta.url).pathname;
const out = new URL("../static/build/", import.meta.url).pathname;
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const words = formWords();
const inside = new Set();
const common = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  absWorkingDir: here,
  assetNames: "[name]",
  metafile: true,
  // Of each font the one that every browser of today reads.
  loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty", ".eot": "empty", ".svg": "empty" },
  plugins: [oneStyleSheet, panelWords, words.plugin],
};

// form-js needs a preact of its own, and its two halves the same one.
const ALIAS = { "forms.js": { preact: "./node_modules/@bpmn-io/form-js-editor/node_modules/preact" } };

for (const name of ["viewer.js", "htmx.js", "modeler.js", "tables.js", "forms.js"]) await bundle(name);
for (const name of ["viewer.css", "modeler.css", "tables.css", "forms.css"]) await bundle(name);
words.check();
await writeFile(`${out}LICENSES.txt`, await licences());

async function bundle(name) {
  const { metafile } = await build({ ...common, alias: ALIAS[name], entryPoints: [name], outfile: `${out}${name}` });
  for (const [path, { bytesInOutput }] of Object.values(metafile.outputs).flatMap((o) => Object.entries(o.inputs))) {
    const found = bytesInOutput > 0 && /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (found) inside.add(found[1]);
  }
}

// The licences of what is inside travel with it: of every package that gave a byte to a bundle.
async function licences() {
  const lock = JSON.parse(await readFile(`${here}package-lock.json`, "utf8"));
  const notices = new Map();
  for (const folder of [...inside].sort()) {
    const entry = lock.packages[folder];
    const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
    const text = (await licenceOf(folder)) || (await saidOf(folder));
    notices.set(`${name} ${entry.version}`, `${name} ${entry.version} (${entry.license ?? "see below"})\n\n${text}\n`);
  }
  return [...notices.values()].join(`\n${"-".repeat(78)}\n\n`);
}

async function licenceOf(folder) {
  for (const file of ["LICENSE", "LICENSE.md", "license.md", "LICENSE.txt", "license", "LICENCE.md", "LICENSE-MIT.txt"]) {
    try {
      return (await readFile(`${here}${folder}/${file}`, "utf8")).trim();
    } catch { /* the next spelling */ }
  }
  return "";
}

// A package without the text of its licence says at least whose it is and under which.
async function saidOf(folder) {
  const { author, license } = JSON.parse(await readFile(`${here}${folder}/package.json`, "utf8"));
  if (!license) throw new Error(`There is no licence of ${folder}.`);
  return `Copyright (c) ${author?.name ?? author}. Published under the licence ${license}, without its text.`;
}
