// Buildings from near: the points of our own vector tiles. deck.gl's own layer for such tiles needs a worker from elsewhere,
// so the little that points need of the format is read here (Mapbox Vector Tile 2.1).

const BUILDINGS_FROM = 14;

// A reader of the numbers of a protobuf message, one after the other.
function varints(bytes) {
  let at = 0;
  const next = () => {
    let value = 0, scale = 1, byte;
    do { byte = bytes[at++]; value += (byte & 127) * scale; scale *= 128; } while (byte > 127);
    return value;
  };
  return { next, more: () => at < bytes.length, skip: size => { at += size; return at - size; } };
}

// Fields of a message: [number, value]; the value is a number or a byte string.
function fieldsOf(bytes) {
  const found = [], read = varints(bytes), view = new DataView(bytes.buffer, bytes.byteOffset);
  while (read.more()) {
    const key = read.next(), kind = key & 7;
    let value;
    if (kind === 0) value = read.next();
    else if (kind === 2) { const size = read.next(), from = read.skip(size); value = bytes.subarray(from, from + size); }
    else value = kind === 1 ? view.getFloat64(read.skip(8), true) : view.getFloat32(read.skip(4), true);
    found.push([key >> 3, value]);
  }
  return found;
}

const packed = bytes => { const read = varints(bytes), found = []; while (read.more()) found.push(read.next()); return found; };
const signed = value => value % 2 ? -(value + 1) / 2 : value / 2;

// The points of a tile: [{ position, properties }].
function pointsOf(buffer, { x, y, z }) {
  const text = new TextDecoder(), points = [];
  for (const [, layer] of fieldsOf(new Uint8Array(buffer)).filter(([number]) => number === 3)) {
    const fields = fieldsOf(layer), all = number => fields.filter(one => one[0] === number).map(one => one[1]);
    const keys = all(3).map(one => text.decode(one)), extent = all(5)[0] ?? 4096;
    const values = all(4).map(one => { const [[, value]] = fieldsOf(one); return typeof value === "number" ? value : text.decode(value); });
    for (const feature of all(2).map(fieldsOf)) {
      const part = number => packed(feature.find(one => one[0] === number)?.[1] ?? new Uint8Array());
      const tags = part(2), [, dx, dy] = part(4), properties = {};
      for (let i = 0; i < tags.length; i += 2) properties[keys[tags[i]]] = values[tags[i + 1]];
      const east = (x + signed(dx) / extent) / 2 ** z, south = (y + signed(dy) / extent) / 2 ** z;
      points.push({ position: [360 * east - 180, Math.atan(Math.sinh(Math.PI * (1 - 2 * south))) * 180 / Math.PI], properties });
    }
  }
  return points;
}

// The bytes of a tile, null where it is empty. A tile that is refused or does not come is kept in mind, and the map says so.
async function tileOf(state, url, signal) {
  const answer = await fetch(url, { signal }).catch(() => null);
  if (signal?.aborted) throw new Error("not wanted any more"); // what is empty would count as loaded
  if (answer?.ok) state.refused.delete(url);
  else state.refused.set(url, answer?.status ?? "–");
  sayRefused(state);
  return answer?.status === 200 ? answer.arrayBuffer() : null;
}

// That buildings are lacking, for as long as the map is near enough to show any.
function sayRefused({ host, view, refused, data }) {
  const [status] = refused.values();
  const text = refused.size && view.zoom >= BUILDINGS_FROM ? `${data.words.building_refused} (${status})` : "";
  const box = host.querySelector(".refused");
  if (box.textContent !== text) box.textContent = text;
}

// Tiles from the zoom on; where the server refuses them there are no buildings.
function buildingsLayer(state, layer) {
  const { getFillColor, getLineColor } = layer.props, { deck } = state;
  return layer.clone({
    minZoom: BUILDINGS_FROM, maxZoom: BUILDINGS_FROM,
    getTileData: async ({ index, url, signal }) => {
      const bytes = await tileOf(state, url, signal);
      return bytes ? pointsOf(bytes, index) : [];
    },
    renderSubLayers: ({ id, data }) => new deck.ScatterplotLayer({
      id: `${id}-points`, data, pickable: true, radiusUnits: "pixels", getRadius: 3.5, stroked: true, lineWidthUnits: "pixels", getLineWidth: 1.2,
      getPosition: one => one.position, getLineColor, getFillColor: one => one.properties.kind === "synthetic" ? [0, 0, 0, 0] : getFillColor,
    }),
  });
}

// A building in words, as far as it is known, and what kind of data that is.
function buildingSaid({ main_purpose, structure, built_year, floors_above, kind }, words) {
  const known = [[words.building_year, built_year], [words.building_floors, floors_above]].filter(([, value]) => value);
  const facts = [main_purpose, structure, ...known.map(([form, value]) => form.replace("{}", value))];
  return [facts.filter(Boolean).join(" · "), words[`building_${kind}`] ?? ""];
}
