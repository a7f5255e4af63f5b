// Where columns stand below each other, the bar and the card of a new place would be out of sight.
// A click on the map (an event of the window, see clickmap.js) is reported from here, not from the map.

const MARK = "modelopsShown", CLICKS = "modelopsClicks", CLICK = "modelops:click", PLACE = "modelops:place";
const PAUSE = 50; // [ms]
const STACKED = "(max-width: 640px)", CALM = "(prefers-reduced-motion: reduce)";
// a page that kept its height for so long stands still [ms]
const STILL = 1500;
// by these a reader moves the page: a finger that lay on it before counts, and the bar at its edge is pressed like anything
const MOVES = ["wheel", "touchstart", "touchmove", "pointerdown", "keydown"];

// One listener for a window, whichever element reports at the time.
function clicks() {
  if (window[CLICKS]) return window[CLICKS];
  const one = window[CLICKS] = { owner: null, send: null };
  window.addEventListener(CLICK, event => {
    if (!one.send) return;
    event.preventDefault(); // the map need not report it
    one.send("click", event.detail);
  });
  return one;
}

function scroll(place) {
  if (!window.matchMedia(STACKED).matches) return;
  place.style.scrollMarginTop = "4.5rem"; // below the page's fixed header
  const behavior = window.matchMedia(CALM).matches ? "auto" : "smooth";
  const show = () => place.scrollIntoView({ block: "start", behavior });
  requestAnimationFrame(show);
  follow(place, show);
}

// What is drawn a moment later moves the answer or leaves the page too short: it is shown again
// until the page stands still or the reader moves it.
function follow(place, show) {
  const page = place.closest("[data-testid=stMainBlockContainer]");
  if (!page) return;
  let timer;
  const end = () => {
    clearTimeout(timer);
    observer.disconnect();
    MOVES.forEach((name) => window.removeEventListener(name, end, true));
  };
  const observer = new ResizeObserver(() => {
    show();
    clearTimeout(timer);
    timer = setTimeout(end, STILL);
  });
  MOVES.forEach((name) => window.addEventListener(name, end, { capture: true, passive: true }));
  observer.observe(page);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const before = window[MARK], own = parentElement.host ?? parentElement, one = clicks();
  window[MARK] = data.shown;
  window.dispatchEvent(new CustomEvent(PLACE, { detail: data.place })); // the map's pin stands there
  Object.assign(one, { owner: parentElement, send: setTriggerValue });
  if (data.waiting) setTimeout(() => one.owner === parentElement && setTriggerValue("look", data.waiting), PAUSE);
  if (before !== undefined && before !== data.shown && data.shown) scroll(own.closest(".st-key-answer") ?? own);
  return () => { if (one.owner === parentElement) Object.assign(one, { owner: null, send: null }); };
}
