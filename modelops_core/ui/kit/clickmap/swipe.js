// A second scenario right of a divider: a canvas of its own over the first one's, with the first one's view. The map below
// is the one that is moved, clicked and hovered. Without a second scenario none of this is there.

const NUDGE = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 };

async function beside(state, turn) {
  const { data, host } = state;
  host.classList.toggle("swiped", Boolean(data.beside));
  if (!data.beside) return alone(state);
  const { spec, colours, texts, names } = data.beside;
  const other = state.other ??= {
    host, deck: state.deck, get view() { return state.view; }, get home() { return state.home; }, get clicked() { return state.clicked; }, get refused() { return state.refused; },
  };
  other.data = { ...data, hover: data.hover_beside, colours, texts };
  other.value = lookup(other.data);
  [".one", ".two"].forEach((side, i) => { host.querySelector(`.swipe ${side}`).textContent = names[i]; });
  host.querySelector(".swipe").setAttribute("aria-label", data.words.swipe ?? "divider");
  divide(state, state.divided ?? 50);
  await build(other, JSON.parse(spec));
  if (turn !== state.turn || !host.isConnected) return;
  other.pending = true;
  if (other.map) other.map.setProps({ layers: shown(other) });
  else startBeside(state, other);
}

function startBeside(state, other) {
  const { deck, host } = state;
  other.map = new deck.Deck({
    parent: host.querySelector(".canvas.second"), views: new deck.MapView({ repeat: false }), controller: false,
    viewState: seen(state), layers: shown(other),
    onAfterRender: () => {
      if (!other.pending || !other.map || other.map.props.layers.some(layer => layer && !layer.isLoaded) || anew(other)) return;
      other.pending = false;
      host.dataset.beside = state.data.beside.names[1];
    },
  });
}

// Nothing of the second scenario stays.
function alone(state) {
  state.other?.map?.finalize();
  state.other = null;
  delete state.host.dataset.beside;
  state.host.querySelector(".canvas.second").replaceChildren();
}

// The view that the first map has now, in the middle of a movement too.
function seen(state) {
  const { longitude, latitude, zoom } = state.map.getViewports()[0] ?? state.view;
  return { longitude, latitude, zoom };
}

function follow(state, moved = null) {
  const map = state.other?.map;
  if (!map) return;
  const { longitude, latitude, zoom } = moved ?? seen(state), last = map.props.viewState;
  if (last.longitude !== longitude || last.latitude !== latitude || last.zoom !== zoom) map.setProps({ viewState: { longitude, latitude, zoom } });
}

// Puts the divider at so many percent of the map's width.
function divide(state, at) {
  const { host, data } = state, bar = host.querySelector(".swipe");
  state.divided = Math.min(100, Math.max(0, at));
  host.style.setProperty("--at", `${state.divided}%`);
  const share = Math.round(state.divided), [first, second] = data.beside.names;
  bar.setAttribute("aria-valuenow", share);
  bar.setAttribute("aria-valuetext", `${first} ${share} %, ${second} ${100 - share} %`);
}

function listenToDivider(state) {
  const { host } = state, bar = host.querySelector(".swipe");
  const dragged = event => {
    const box = host.getBoundingClientRect();
    divide(state, 100 * (event.clientX - box.left) / box.width);
  };
  bar.addEventListener("pointerdown", event => {
    bar.setPointerCapture(event.pointerId);
    bar.focus();
    event.preventDefault();
    event.stopPropagation();
  });
  bar.addEventListener("pointermove", event => { if (bar.hasPointerCapture(event.pointerId)) dragged(event); });
  bar.addEventListener("touchmove", event => event.stopPropagation(), { passive: true });
  bar.addEventListener("keydown", event => {
    const step = NUDGE[event.key];
    if (!step) return;
    divide(state, state.divided + step);
    event.preventDefault();
    event.stopPropagation();
  });
}

// Both values of a cell, each with its scenario, under the metric's name.
function saidOfBoth(state, lon, lat, first) {
  const { words, beside: { names } } = state.data, found = [first, state.other.value(lon, lat)];
  const one = found.map((value, i) => {
    if (!value) return null;
    const [shown, behind] = said(value, { ...words, value: "", behind: "" }).map(text => text.trim());
    return `${names[i]}: ${shown}${behind ? ` (${behind})` : ""}`;
  });
  return [words.value, ...one];
}

// Both texts of a district.
const textsOfBoth = ({ data }, i) => [data.texts, data.beside.texts].map((texts, side) => `${data.beside.names[side]}: ${texts[i] ?? ""}`);
