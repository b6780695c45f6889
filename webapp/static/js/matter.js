// The diagrams of one matter: pan and zoom over the server's drawing, coloured by state, each state also in words.
const WIDE = "(min-width: 44.01rem)";

async function show(figure) {
  const { NavigatedViewer } = await import("../build/viewer.js");
  const states = JSON.parse(figure.dataset.states);
  const canvasBox = figure.querySelector(".canvas");
  const answer = await fetch(figure.dataset.diagram, { headers: { Accept: "application/xml" } });
  if (!answer.ok) return; // the server's drawing stays
  canvasBox.hidden = false;
  const viewer = new NavigatedViewer({ container: canvasBox });
  await viewer.importXML(await answer.text());
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  for (const [id, { state, words }] of Object.entries(states.elements)) {
    if (!registry.get(id)) continue;
    canvas.addMarker(id, `st-${state}`);
    if (words) {
      const badge = document.createElement("span");
      badge.className = `badge ${state}`;
      badge.textContent = words;
      overlays.add(id, { position: { top: -10, left: 8 }, html: badge });
    }
  }
  for (const id of states.taken) if (registry.get(id)) canvas.addMarker(id, "st-taken");
  if (canvasBox.clientWidth) canvas.zoom("fit-viewport", "auto"); // hidden from the printer, it has no size to fit
  figure.dataset.shown = "yes";
}

// A phone and the printer keep the drawing that the server made.
if (matchMedia(WIDE).matches) {
  const watch = new IntersectionObserver((seen) => {
    for (const entry of seen) {
      if (!entry.isIntersecting) continue;
      watch.unobserve(entry.target);
      show(entry.target);
    }
  }, { rootMargin: "200px" });
  for (const figure of document.querySelectorAll("[data-diagram]")) watch.observe(figure);
}
