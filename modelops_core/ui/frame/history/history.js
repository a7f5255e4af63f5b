// One thing that the reader does is one step of the browser's history. Streamlit pushes an entry for
// every change of the query; those that nobody asked for (defaults completed on arrival, a job's id,
// the next year of a play) only mend the address of the entry that is there.

const MARK = "modelopsSteps";

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

export default function ({ data }) {
  document.documentElement.lang = data.language;
  watch();
}
