// The diagram of one matter: pan, zoom, markers and overlays; nothing that edits.
export { default as NavigatedViewer } from "bpmn-js/lib/NavigatedViewer";
