// The page's map. Draws a pydeck spec with the deck.gl that ships in pydeck's wheel and
// reports where it was clicked, whatever lies there. State lives per mounted element.

const mounted = new WeakMap();
let bundle = null;

function loadBundle(path) {
  if (globalThis.deck?.Deck) return Promise.resolve(globalThis.deck);
  bundle ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(path, window.location.origin).href;
    script.onload = () => resolve(globalThis.deck);
    script.onerror = () => { bundle = null; reject(new Error(`cannot load ${script.src}`)); };
    document.head.appendChild(script);
  });
  return bundle;
}

function converter(deck) {
  const classes = Object.fromEntries(
    Object.entries(deck).filter(([name, value]) => typeof value === "function" && /^[A-Z]/.test(name)));
  return new deck.JSONConverter({ configuration: { classes } });
}

// Three significant figures, as everywhere on the page.
function figure(value) {
  if (!Number.isFinite(value)) return "–";
  return value === 0 ? "0" : Math.abs(value) >= 100 ? Math.round(value).toLocaleString() : String(+value.toPrecision(3));
}

// What the heat map needs: the cells as points with a weight, as often and as wide as deck.gl's mean
// needs them. deck.gl divides by the sum of the kernels only where that is at least 1; so every cell
// stands there so often that one alone has that sum as far away as land may lie: a row of cells.
const HEAT = { cells: 2.6, step: 0.25, least: 6, most: 500, rest: 350 };
const KERNEL = u => 3.385 * Math.exp(-u * u / 0.05555);

// Radius [px] at a zoom: so many rows of cells, in steps, for each new radius makes the mean anew.
function heatRadius(zoom, { grid, home }) {
  const rows = 512 * 2 ** (Math.ceil(zoom / HEAT.step) * HEAT.step) / 360 * grid[2] / Math.cos(home.latitude * Math.PI / 180);
  return { rows, radius: Math.max(HEAT.least, HEAT.cells * rows) };
}

function heatPoints({ hover, runs, grid }, copies) {
  const weight = hover.getChild("weight").toArray();
  const known = weight.filter(Number.isFinite).length;
  const positions = new Float64Array(3 * known * copies), weights = new Float32Array(known * copies);
  const [west, south, step] = grid;
  const [row, column, cells] = ["row", "column", "cells"].map(name => runs.getChild(name).toArray());
  let cell = 0, point = 0;
  for (let run = 0; run < row.length; run++) {
    for (let i = 0; i < cells[run]; i++, cell++) {
      if (!Number.isFinite(weight[cell])) continue;
      for (let copy = 0; copy < copies; copy++, point++) {
        positions.set([west + step * (column[run] + i), south + step * row[run]], 3 * point);
        weights[point] = weight[cell];
      }
    }
  }
  return { length: point, attributes: { getPosition: { value: positions, size: 3 }, getWeight: { value: weights, size: 1 } } };
}

// Whether this browser's WebGL can add up numbers, and a cell is not wider than a point may be.
function heatFits(state, radius) {
  const device = state.map?.device;
  return radius <= HEAT.most && (!device || ["float32-renderable-webgl", "texture-blend-float-webgl"].every(one => device.features.has(one)));
}

// The layers as they are at this zoom: a heat map or, where it cannot be, the surface in its place.
function shown(state) {
  const heat = state.layers.get("heat");
  delete state.host.dataset.heat;
  if (!heat) return drawn(state, [...state.layers]);
  const { rows, radius } = heatRadius(state.view.zoom, { grid: state.data.grid, home: state.home });
  const fits = heatFits(state, radius);
  if (fits && (heat.radius !== radius || heat.hover !== state.data.hover)) {
    const data = heatPoints(state.data, Math.ceil(1.5 / KERNEL(rows / radius)));
    Object.assign(heat, { radius, hover: state.data.hover, drawn: heat.layer.clone({ data, radiusPixels: radius }) });
  }
  state.fits = fits;
  state.host.dataset.heat = fits ? "mean" : "surface";
  return drawn(state, [...state.layers].filter(([id]) => fits ? id !== "surface" : !id.startsWith("heat")));
}

// Names and pins are those of the zoom, the heat map is the one of its radius.
function drawn(state, layers) {
  const pinNames = state.layers.get("pin-names");
  return layers.flatMap(([id, one]) => {
    if (id === "names") return [namesLayer(state, one, state.layers.get("pins"))];
    if (id === "pins") return pinLayers(state, one, pinNames);
    if (id === "pin-names" && state.layers.has("pins")) return [];
    return [id === "heat" ? one.drawn : one.layer];
  }).filter(Boolean);
}

// Value of the cell at a place. The cells come as stretches from west to east; the table of
// their rows is made when somebody first hovers.
function lookup({ hover, runs, grid }) {
  if (!hover) return () => null;
  const value = hover.getChild("value").toArray(), behind = hover.getChild("behind")?.toArray();
  const [west, south, step] = grid;
  let rows = null;
  const table = () => {
    const [row, column, cells] = ["row", "column", "cells"].map(name => runs.getChild(name).toArray());
    const found = new Map();
    let first = 0;
    for (let i = 0; i < row.length; i++) {
      if (!found.has(row[i])) found.set(row[i], []);
      found.get(row[i]).push([column[i], cells[i], first]);
      first += cells[i];
    }
    return found;
  };
  return (x, y) => {
    rows ??= table();
    const at = Math.round((x - west) / step);
    const run = rows.get(Math.round((y - south) / step))?.find(([column, cells]) => at >= column && at < column + cells);
    const cell = run && run[2] + at - run[0];
    return run ? { value: value[cell], behind: behind?.[cell] } : null;
  };
}

function drawLegend(box, legend) {
  box.replaceChildren();
  if (!legend) return;
  const make = (parent, tag, name, text) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    parent.appendChild(element);
    return element;
  };
  make(box, "b", "", legend.title);
  if (legend.when) make(box, "div", "when", legend.when);
  const ramp = make(box, "div", "ramp");
  make(ramp, "div", "bar").style.background = legend.gradient;
  const ticks = make(ramp, "div", "ticks");
  for (const [at, text] of legend.ticks) make(ticks, "span", "", text).style.left = `${100 * at}%`;
  if (legend.keys.length) {
    const keys = make(box, "div", "keys");
    for (const [colour, text] of legend.keys) {
      const key = make(keys, "span");
      make(key, "i").style.background = colour;
      key.append(text);
    }
  }
}

// Pictures are decoded here, once: deck.gl's own loader took seconds under software rendering.
const pictures = new Map();
function decode(url) {
  if (!pictures.has(url)) {
    if (pictures.size >= 24) pictures.delete(pictures.keys().next().value);
    const bytes = Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), c => c.charCodeAt(0));
    pictures.set(url, createImageBitmap(new Blob([bytes], { type: "image/png" }), { premultiplyAlpha: "none" }));
  }
  return pictures.get(url);
}

// Layers whose description did not change stay the same objects: deck.gl then has nothing to compare.
async function build(state, spec) {
  const { data, deck } = state;
  state.converter ??= converter(deck);
  const kept = state.layers ?? new Map();
  state.layers = new Map();
  for (const description of spec.layers) {
    const coloured = description.id === "districts" && data.colours.length;
    const text = JSON.stringify([description, coloured ? data.colours : null]);
    const known = kept.get(description.id);
    state.layers.set(description.id, known?.text === text ? known : { text, ...await make(state, description, coloured) });
  }
}

async function make(state, { image, ...description }, coloured) {
  if (description.id === "names") {
    const names = await loadNames(description.data);
    return { names, layer: convert(state, { ...description, data: [] }) };
  }
  const picture = image && await decode(image);
  const layer = convert(state, description);
  if (!layer) return { layer: null };
  if (description.id === "buildings") return { layer: buildingsLayer(state, layer) };
  if (picture) return { layer: layer.clone({ image: picture, textureParameters: { minFilter: "linear", magFilter: "linear", mipmapFilter: "none" } }) };
  const { colours } = state.data;
  return {
    layer: coloured
      ? layer.clone({ getFillColor: feature => colours[feature.properties.i] ?? [0, 0, 0, 0], updateTriggers: { getFillColor: colours } })
      : layer,
  };
}

const convert = (state, description) => state.converter.convert({ layers: [description] }).layers[0];

// A cell's value in words, with what stands behind it where that is known.
function said({ value, behind }, words) {
  if (!Number.isFinite(value)) return [value === -Infinity ? words.excluded : words.unknown];
  const first = `${words.value} ${figure(value)}${words.unit}`;
  return Number.isFinite(behind) ? [first, `${words.behind} ${figure(behind)}${words.behind_unit}`] : [first];
}

function tooltip(state, x, y) {
  const { data, map, tip } = state;
  const viewport = map.getViewports()[0];
  const [lon, lat] = viewport.unproject([x, y]);
  state.host.querySelector(".at").textContent = `${lat.toFixed(4)}, ${lon.toFixed(4)}`;
  const picked = map.pickObject({ x, y, radius: 3 });
  const object = picked?.object;
  const lines = [];
  if (object?.name) lines.push(object.name);
  if (object?.pins) lines.push(object.pins.map(one => one.name).filter(Boolean).slice(0, 8).join("\n"));
  if (object?.properties?.kind) lines.push(...buildingSaid(object.properties, data.words));
  else if (object?.properties) {
    lines.push(object.properties[data.words.language] ?? object.properties.ko);
    if (data.texts.length) lines.push(...data.beside ? textsOfBoth(state, object.properties.i) : [data.texts[object.properties.i] ?? ""]);
  }
  if (!data.texts.length && (object || state.value(lon, lat) !== null)) {
    const found = state.value(lon, lat);
    if (found) lines.push(...data.beside ? saidOfBoth(state, lon, lat, found) : said(found, data.words));
  }
  tip.textContent = lines.filter(Boolean).join("\n");
  tip.style.display = lines.length ? "block" : "none";
  const wide = state.host.clientWidth;
  tip.style.left = x > wide - 220 ? "" : `${x + 14}px`;
  tip.style.right = x > wide - 220 ? `${wide - x + 10}px` : "";
  tip.style.top = `${Math.max(4, y - 20)}px`;
}

// A round length of at most 110 pixels, in the middle of the map.
function scaleBar(state) {
  const { latitude, zoom } = state.view;
  const metres = 40_075_016.686 * Math.cos(latitude * Math.PI / 180) / (512 * 2 ** zoom);
  const longest = 110 * metres, ten = 10 ** Math.floor(Math.log10(longest));
  const length = [5, 2, 1].find(one => one * ten <= longest) * ten;
  const bar = state.host.querySelector(".scale");
  bar.style.width = `${(length / metres).toFixed(1)}px`;
  bar.textContent = length < 1000 ? `${length} m` : `${length / 1000} km`;
}

// The pin stands at the click at once, in place of the chosen one, until the next deck has it.
function mark(state, place) {
  const before = state.clicked;
  state.clicked = place;
  placeMark(state);
  if (state.map && before !== place) redraw(state);
}

// The page shows another place than the one that was clicked, such as the former one after Back.
function placed(state, place) {
  const { clicked } = state;
  if (clicked && !(place && place.every((degrees, i) => Math.abs(degrees - clicked[i]) < 1e-5))) mark(state, place);
}

function placeMark({ host, view, clicked }) {
  const pin = host.querySelector(".mark");
  pin.style.display = clicked ? "block" : "none";
  if (!clicked) return;
  const [x, y] = onScreen(clicked, view.zoom), [u, v] = onScreen([view.longitude, view.latitude], view.zoom);
  pin.style.left = `${x - u + host.clientWidth / 2}px`;
  pin.style.top = `${y - v + host.clientHeight / 2}px`;
}

function report(state, x, y) {
  const viewport = state.map.getViewports()[0];
  const [lon, lat] = viewport.unproject([x, y]);
  if (!Number.isFinite(lon) || !Number.isFinite(lat)) return;
  const picked = state.map.pickObject({ x, y, radius: 3 });
  if (picked?.layer?.id === "clusters") return move(state, apart(state, picked.object));
  mark(state, state.data.words.pin ? [lon, lat] : null);
  const object = picked?.object;
  const click = {
    lon: +lon.toFixed(6), lat: +lat.toFixed(6), zoom: +viewport.zoom.toFixed(2), layer: picked?.layer?.id ?? null,
    object: object ? { ...(object.properties ?? object) } : null,
  };
  if (!taken(state, click)) state.send("click", click);
}

// Whether the page's own element takes the click: the map then stays as it is (see arrival.js).
function taken(state, detail) {
  return Boolean(state.data.words.pin) && !window.dispatchEvent(new CustomEvent("modelops:click", { detail, cancelable: true }));
}

function zoomBy(state, amount) {
  const view = state.view;
  const zoom = Math.min(view.maxZoom ?? 20, Math.max(view.minZoom ?? 0, view.zoom + amount));
  move(state, { ...view, zoom, transitionDuration: 200 });
}

// The place under the pointer stays where it is.
function zoomAt(state, x, y, amount) {
  const { view } = state, [lon, lat] = state.map.getViewports()[0].unproject([x, y]);
  const zoom = Math.min(view.maxZoom ?? 20, Math.max(view.minZoom ?? 0, view.zoom + amount));
  const left = 2 ** (view.zoom - zoom), north = degrees => Math.log(Math.tan(Math.PI / 4 + degrees * Math.PI / 360));
  const centre = north(lat) + (north(view.latitude) - north(lat)) * left;
  move(state, { ...view, zoom, longitude: lon + (view.longitude - lon) * left, latitude: Math.atan(Math.sinh(centre)) * 180 / Math.PI, transitionDuration: 0 });
  moved(state);
}

// The wheel scrolls the page, with Ctrl (which is also what a pinch on a touch pad sends) it zooms.
function wheel(state, event, place) {
  if (!state.map || event.target.closest(".legend")) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    zoomAt(state, ...place, Math.max(-0.6, Math.min(0.6, -event.deltaY / (event.deltaMode ? 8 : 240))));
    return;
  }
  hint(state, state.data.words.wheel);
}

// What follows the view: scale bar, the pin that the click alone has set, the heat map's radius.
function moved(state) {
  scaleBar(state);
  placeMark(state);
  sayRefused(state);
  zoomed(state);
}

function move(state, view) {
  state.view = view;
  state.map.setProps({ initialViewState: { ...view, token: (state.token = (state.token ?? 0) + 1) } });
}

// Native listeners: deck.gl's own click loses taps that straddle a slow frame.
function listen(state) {
  const { host } = state;
  let down = null, last = 0;
  const at = event => {
    const box = host.querySelector("canvas").getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  host.addEventListener("pointerdown", event => { down = [event.clientX, event.clientY]; state.tip.style.display = "none"; });
  host.addEventListener("click", event => {
    if (!state.map || !down || event.target.closest(".buttons, .legend, .swipe")) return;
    if (Math.hypot(event.clientX - down[0], event.clientY - down[1]) > 5) return;
    report(state, ...at(event));
  });
  host.addEventListener("pointermove", event => {
    const now = performance.now();
    if (!state.map || event.buttons || event.pointerType === "touch" || now - last < 60 || event.target.tagName !== "CANVAS") return;
    last = now;
    tooltip(state, ...at(event));
  });
  host.addEventListener("pointerdown", event => touched(state, event), { capture: true });
  host.addEventListener("touchmove", event => { if (event.touches.length === 1) hint(state, state.data.words.fingers); }, { passive: true });
  host.addEventListener("pointerleave", () => { state.tip.style.display = "none"; host.querySelector(".at").textContent = ""; });
  host.addEventListener("wheel", event => wheel(state, event, at(event)), { passive: false });
  host.addEventListener("keydown", event => {
    if (!state.map || event.target.closest(".buttons, .swipe")) return;
    const step = 60 / 2 ** state.view.zoom, { view } = state;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (moves[event.key]) {
      const [dx, dy] = moves[event.key];
      move(state, { ...view, longitude: view.longitude + dx, latitude: view.latitude + dy, transitionDuration: 120 });
    } else if (event.key === "+" || event.key === "=") zoomBy(state, 1);
    else if (event.key === "-") zoomBy(state, -1);
    else if (event.key === "Enter") report(state, host.clientWidth / 2, host.clientHeight / 2);
    else return;
    event.preventDefault();
  });
  host.querySelector(".in").onclick = () => state.map && zoomBy(state, 1);
  host.querySelector(".out").onclick = () => state.map && zoomBy(state, -1);
  host.querySelector(".home").onclick = () => state.map && move(state, { ...state.home, transitionDuration: 300 });
  listenToDivider(state);
  listenToPrinter(state);
  state.placed = ({ detail }) => placed(state, detail);
  window.addEventListener("modelops:place", state.placed);
}

// Once zooming has come to rest: other names and pins, another radius of the heat map. Not before: deck.gl's own delayed
// update forgets its layer where another one has taken its place meanwhile, and misplaces the mean.
function zoomed(state) {
  clearTimeout(state.zooming);
  state.zooming = setTimeout(() => {
    const heat = state.layers?.get("heat");
    const radius = heat && heatRadius(state.view.zoom, { grid: state.data.grid, home: state.home }).radius;
    const other = heat && (radius !== heat.radius || heatFits(state, radius) !== state.fits);
    if (state.map && (other || state.step !== stepped(state.view.zoom))) redraw(state);
  }, HEAT.rest);
}

function redraw(state) {
  state.step = stepped(state.view.zoom);
  state.map.setProps({ layers: shown(state) });
  if (state.other?.map) redraw(state.other);
}

// The first heat map of a page took its mean before the map had its size, and is empty: once more.
function anew(state) {
  const heat = state.fits && state.layers.get("heat");
  if (!heat || state.sized) return false;
  state.sized = true;
  heat.radius = null;
  state.map.setProps({ layers: shown(state) });
  return true;
}

const CONTROLLER = { scrollZoom: false, dragRotate: false, touchRotate: false, keyboard: false };

// One finger scrolls the page, two move and zoom the map.
function touched(state, event) {
  const touch = event.pointerType === "touch";
  if (!state.map || touch === state.touch) return;
  state.touch = touch;
  state.map.setProps({ controller: { ...CONTROLLER, dragPan: !touch } });
}

function hint(state, text) {
  const box = state.host.querySelector(".hint");
  box.textContent = text ?? "";
  box.style.display = box.textContent ? "block" : "none";
  clearTimeout(state.hinting);
  state.hinting = setTimeout(() => { box.style.display = "none"; }, 1200);
}

function start(state, spec) {
  const { deck, host } = state;
  state.step = stepped(state.view.zoom);
  state.map = new deck.Deck({
    parent: host.querySelector(".canvas"), views: new deck.MapView({ repeat: false }),
    controller: CONTROLLER, touchAction: "pan-y", initialViewState: spec.initialViewState, layers: shown(state),
    onViewStateChange: ({ viewState }) => { state.view = viewState; moved(state); follow(state, viewState); },
    getCursor: ({ isDragging }) => (isDragging ? "grabbing" : "crosshair"),
    onAfterRender: () => {
      follow(state);
      if (!state.pending || !state.map) return;
      const waiting = state.map.props.layers.some(layer => layer && !layer.isLoaded);
      if (waiting || anew(state)) return;
      state.pending = false;
      host.dataset.drawMs = String(Math.round(performance.now() - state.began));
      host.dataset.drawn = String(+(host.dataset.drawn ?? 0) + 1);
    },
  });
}

function words(state) {
  const { host, data } = state;
  host.setAttribute("aria-label", data.words.label ?? "map");
  for (const name of ["in", "out", "home"]) host.querySelector(`.${name}`).setAttribute("aria-label", data.words[name] ?? name);
  host.querySelector(".wait").textContent = data.words.wait ?? "…";
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const host = parentElement.querySelector(".map");
  if (!host) return;
  let state = mounted.get(parentElement);
  if (!state) {
    state = { host, tip: host.querySelector(".tip"), turn: 0, clicked: null, refused: new Map() };
    mounted.set(parentElement, state);
    listen(state);
  }
  Object.assign(state, { data, send: setTriggerValue, began: performance.now(), pending: true, value: lookup(data) });
  host.style.height = `${data.height}px`;
  words(state);
  drawLegend(host.querySelector(".legend"), data.legend);
  const turn = ++state.turn;
  loadBundle(data.bundle).then(async deck => {
    state.deck = deck;
    const spec = JSON.parse(data.spec), asked = JSON.stringify(spec.initialViewState);
    await build(state, spec);
    if (turn !== state.turn || !host.isConnected) return;
    state.view ??= state.home = spec.initialViewState;
    scaleBar(state);
    mark(state, null);
    if (!state.map) start(state, spec);
    else {
      redraw(state);
      if (asked !== state.asked) move(state, { ...spec.initialViewState, transitionDuration: 400 });
    }
    await beside(state, turn);
    state.asked = asked;
    host.dataset.ready = "1";
  }).catch(error => {
    console.error(error);
    host.removeAttribute("data-drawn");
    host.querySelector(".wait").textContent = `${data.words.failed ?? "The map cannot be drawn."} (${error.message})`;
  });
  return () => {
    const { map, other, placed: listener, ...rest } = mounted.get(parentElement) ?? {};
    window.removeEventListener("modelops:place", listener);
    forgetPrinter(rest);
    for (const one of [other?.map, map]) one?.finalize();
    mounted.delete(parentElement);
  };
}
