// Names and pins of the map: those that fit at a zoom.

// Zooms are taken in steps: in between nothing appears or vanishes.
const STEP = 0.25;
const stepped = zoom => Math.floor(zoom / STEP) * STEP;
const onScreen = ([lon, lat], zoom) => {
  const world = 512 * 2 ** zoom;
  return [world * (lon + 180) / 360, world * (0.5 - Math.asinh(Math.tan(lat * Math.PI / 180)) / (2 * Math.PI))];
};

// Names by rank: size [px], and the zoom from which they are shown.
const RANKS = [{ size: 13, weight: 700, from: 0 }, { size: 11.5, weight: 500, from: 7.5 }];

// Of the names of pins, as the server places them.
const PIN_NAME = 13;

// Where a name may stand, from its place [px]: above and below it, that of a province (rank 0) beside it too.
const ABOVE = [0, -11, 11, -21, 21, -32, 32].map(down => [0, down]);
const AROUND = [...ABOVE, ...[26, -26].flatMap(across => [0, -14, 14].map(down => [across, down]))];

async function loadNames(url) {
  const answer = await fetch(url);
  if (!answer.ok) return [];
  const { features } = await answer.json();
  return features.filter(one => one.geometry.type === "Point" && one.properties.ko)
    .map(({ geometry, properties }) => ({ ...properties, at: geometry.coordinates }));
}

const widthOf = (text, size) => [...text].reduce((sum, letter) => sum + (letter > "\u2000" ? 1 : 0.58), 0) * size / 2 + 5;

// What pins and their names cover, from its middle to each side: [x, y, across, down] [px].
function coveredByPins(pins, zoom) {
  return clusters(pins, zoom).flatMap(({ pins: [pin, ...more], position }) => {
    const [x, y] = onScreen(position, zoom), round = [x, y, more.length ? 18 : pin.radius + 2, more.length ? 18 : pin.radius + 2];
    return more.length || !pin.name ? [round] : [round, [x, y - 16, widthOf(pin.name, PIN_NAME), 9]];
  });
}

// The names that cover neither one another nor what is taken; the earlier in the list, the more important.
function namesAt(names, zoom, language, taken) {
  const shown = [];
  for (const name of names) {
    const { size, from } = RANKS[name.rank], text = name[language] ?? name.ko;
    if (zoom < from) continue;
    const wide = widthOf(text, size), high = size / 2 + 4;
    const [x, y] = onScreen(name.at, zoom);
    const isFree = ([across, down]) => !taken.some(([u, v, w, h]) => Math.abs(u - x - across) < w + wide && Math.abs(v - y - down) < h + high);
    const offset = (name.rank ? ABOVE : AROUND).find(isFree);
    if (!offset) continue;
    taken.push([x + offset[0], y + offset[1], wide, high]);
    shown.push({ text, position: name.at, size, offset });
  }
  return shown;
}

function namesLayer(state, layer, dots) {
  const zoom = stepped(state.view.zoom), at = `${zoom} ${state.data.words.language}`;
  if (layer.at === at && layer.dots === dots) return layer.drawn;
  const data = namesAt(layer.names, zoom, state.data.words.language, coveredByPins(dots?.layer.props.data ?? [], zoom));
  layer.dots = dots;
  state.host.dataset.names = data.map(one => one.text).join(" ");
  const font = getComputedStyle(state.host).fontFamily;
  layer.at = at;
  layer.drawn = layer.layer.clone({
    // a ring of about 1.5 px around the letters: names are read on the lightest and on the darkest colour of a map
    data, fontFamily: font, fontWeight: 600, fontSettings: { sdf: true, fontSize: 48, buffer: 8, radius: 14 }, outlineWidth: 8,
    getText: one => one.text, getPosition: one => one.position, getSize: one => one.size, getPixelOffset: one => one.offset,
  });
  return layer.drawn;
}

// Pins nearer to each other than this [px] are one circle with their number.
const CLUSTER = 26;
// a circle of pins that are not of one colour
const MIXED = [91, 103, 112, 255];

// [{ pins, position }]: the chosen pin is always alone.
function clusters(pins, zoom) {
  const groups = [];
  for (const pin of pins) {
    const [x, y] = onScreen([pin.lon, pin.lat], zoom);
    const near = pin.radius > 6 ? null : groups.find(one => !one.alone && Math.hypot(one.x - x, one.y - y) < CLUSTER);
    if (near) near.pins.push(pin);
    else groups.push({ x, y, pins: [pin], alone: pin.radius > 6, position: [pin.lon, pin.lat] });
  }
  for (const one of groups) one.position = ["lon", "lat"].map(axis => one.pins.reduce((sum, pin) => sum + pin[axis], 0) / one.pins.length);
  return groups;
}

// Whether the name above a pin lies on a circle of others; hovering then says it.
function covered({ lon, lat, name }, circles, zoom) {
  const [x, y] = onScreen([lon, lat], zoom), wide = widthOf(name, PIN_NAME);
  return circles.some(({ position }) => {
    const [u, v] = onScreen(position, zoom);
    return Math.abs(u - x) < wide + 16 && Math.abs(v - y + 16) < 25;
  });
}

// Pins, their names, and the circles of those that lie together.
function pinLayers(state, dots, names) {
  const zoom = stepped(state.view.zoom), at = `${zoom} ${state.clicked ?? ""}`;
  if (dots.at !== at) {
    // a place that was clicked replaces the chosen one
    const pins = dots.layer.props.data.filter(one => !state.clicked || one.radius <= 6);
    const groups = clusters(pins, zoom), alone = groups.filter(one => one.pins.length === 1).map(one => one.pins[0]);
    const many = groups.filter(one => one.pins.length > 1);
    const named = alone.filter(one => one.name && !covered(one, many, zoom));
    state.host.dataset.clusters = many.map(one => one.pins.length).join(" ");
    dots.at = at;
    dots.drawn = [dots.layer.clone({ data: alone }), ...circles(state.deck, many, dots.layer.props),
      ...(names ? [names.layer.clone({ data: names.layer.props.data.filter(one => named.some(pin => pin.lon === one.lon && pin.lat === one.lat)) })] : [])];
  }
  return dots.drawn;
}

function circles(deck, many, { getLineColor }) {
  if (!many.length) return [];
  const colour = ({ pins }) => pins.every(one => String(one.colour) === String(pins[0].colour)) ? pins[0].colour : MIXED;
  return [
    new deck.ScatterplotLayer({
      id: "clusters", data: many, pickable: true, getPosition: one => one.position, getRadius: one => 11 + Math.min(7, 2 * Math.log2(one.pins.length)),
      radiusUnits: "pixels", getFillColor: colour, stroked: true, getLineColor, getLineWidth: 2, lineWidthUnits: "pixels",
    }),
    new deck.TextLayer({ id: "cluster-counts", data: many, getPosition: one => one.position, getText: one => String(one.pins.length), getSize: 13, fontWeight: 700, getColor: [255, 255, 255] }),
  ];
}

// Near enough that the pins of a circle stand apart, if they ever do.
function apart(state, { pins, position: [longitude, latitude] }) {
  const { maxZoom = 17 } = state.view;
  let zoom = stepped(state.view.zoom);
  while (zoom < maxZoom && clusters(pins, zoom).length === 1) zoom += STEP;
  return { ...state.view, longitude, latitude, zoom: Math.min(maxZoom, zoom), transitionDuration: 400 };
}
