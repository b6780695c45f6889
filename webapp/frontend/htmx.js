// htmx registers itself on the document; its settings stand in the <meta name="htmx-config"> of the base template.
import htmx from "htmx.org/dist/htmx.esm.js";

window.htmx = htmx;
export default htmx;
