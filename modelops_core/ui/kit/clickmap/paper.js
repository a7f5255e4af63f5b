// A paper is light whatever the page is: the ground, pins and their names take the light theme's colours while the page is
// printed. The land below a surface stays, for its values are drawn over it: their colours are those of the legend.

function listenToPrinter(state) {
  const both = () => [state, state.other].filter(one => one?.map);
  state.before = () => both().forEach(onPaper);
  state.after = () => {
    state.host.querySelectorAll(".copy").forEach(copy => copy.remove());
    if (state.map) redraw(state);
  };
  window.addEventListener("beforeprint", state.before);
  window.addEventListener("afterprint", state.after);
}

function onPaper({ map, data, layers }) {
  const covered = layers.has("surface") || data.colours.length > 0;
  const light = layer => layer && !(covered && layer.id === "land") && data.paper[layer.id];
  map.setProps({ layers: map.props.layers.map(layer => light(layer) ? layer.clone(data.paper[layer.id]) : layer) });
  map.layerManager.updateLayers(); // else not before the next frame, which comes after the print
  map.redraw("print");
  copied(map.getCanvas());
}

// A browser prints what a canvas of WebGL showed last, not what was just drawn: a copy is printed in its place.
function copied(canvas) {
  const copy = Object.assign(document.createElement("canvas"), { className: "copy", width: canvas.width, height: canvas.height });
  copy.getContext("2d").drawImage(canvas, 0, 0);
  canvas.after(copy);
}

function forgetPrinter({ before, after }) {
  window.removeEventListener("beforeprint", before);
  window.removeEventListener("afterprint", after);
}
