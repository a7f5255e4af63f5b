// One thing that the reader does is one step of the browser's history. Streamlit pushes an entry for
// every change of the query; those that nobody asked for (defaults completed on arrival, a job's id,
// the next year of a play) only mend the address of the entry that is there.

const MARK = "modelopsSteps", ASKED = "modelopsTheme";

function watch() {
  if (window[MARK]) return;
  window[MARK] = true;
  const { history } = window, push = history.pushState.bind(history);
  let acted = false;
  for (const name of ["pointerdown", "keydown"]) window.addEventListener(name, () => { acted = true; }, true);
  history.pushState = (state, title, url) => {
    const to = new URL(url ?? window.location.href, window.location.href);
    const own = to.pathname === window.location.pathname && !acted;
    acted = false;
    return own ? history.replaceState(state, title, url) : push(state, title, url);
  };
}

// Figures and maps are drawn for one theme: when the reader's system or menu turns to the other one, the page is drawn again.
// A paper is always light, and asks for nothing.
function follow(mode, send) {
  const app = document.querySelector("[data-testid=stApp]");
  if (!app) return () => {};
  const look = () => {
    const [red, green, blue] = getComputedStyle(app).backgroundColor.match(/\d+/g).map(Number);
    const seen = red + green + blue < 3 * 128 ? "dark" : "light";
    if (window.matchMedia("print").matches || window[ASKED] === seen) return;
    window[ASKED] = seen === mode ? null : seen;
    if (seen !== mode) send("theme", seen);
  };
  const observer = new MutationObserver(look);
  observer.observe(app, { attributes: true, attributeFilter: ["class"] });
  requestAnimationFrame(look);
  return () => observer.disconnect();
}

export default function ({ data, setTriggerValue }) {
  document.documentElement.lang = data.language;
  watch();
  return follow(data.mode, setTriggerValue);
}
