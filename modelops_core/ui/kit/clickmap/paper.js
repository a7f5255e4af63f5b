// A paper is light whatever the page is: the ground, pins and their names take the light theme's colours while the page is
// printed. The land below a surface stays, for its values are drawn over it: their colours are those of the legend.

function listenToPrinter(state) {
  state.before = () => { for (const one of [state, state.other]) if (one?.map) onPaper(one); };
  state.after = () => { if (state.map) redraw(state); };
  window.addEventListener("beforeprint", state.before);
  window.addEventListener("afterprint", state.after);
}

function onPaper({ map, data, layers }) {
  const covered = layers.has("surface") || data.colours.length > 0;
  const light = layer => layer && !(covered && layer.id === "land") && data.paper[layer.id];
  map.setProps({ layers: map.props.layers.map(layer => light(layer) ? layer.clone(data.paper[layer.id]) : layer) });
  map.redraw("print");
}

function forgetPrinter({ before, after }) {
  window.removeEventListener("beforeprint", before);
  window.removeEventListener("afterprint", after);
}
