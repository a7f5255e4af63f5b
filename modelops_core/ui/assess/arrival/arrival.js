// Where columns stand below each other, the bar and the card of a new place would be out of sight.

const MARK = "modelopsShown", STACKED = "(max-width: 640px)", CALM = "(prefers-reduced-motion: reduce)";

export default function ({ data, parentElement }) {
  const before = window[MARK];
  window[MARK] = data.shown;
  if (before === undefined || before === data.shown || !data.shown) return;
  if (!window.matchMedia(STACKED).matches) return;
  const place = parentElement.host ?? parentElement;
  place.style.scrollMarginTop = "4.5rem"; // below the page's fixed header
  const behavior = window.matchMedia(CALM).matches ? "auto" : "smooth";
  requestAnimationFrame(() => place.scrollIntoView({ block: "start", behavior }));
}
