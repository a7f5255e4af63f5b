// Redoc in the colours of the pages: light or dark as the address says, else as the browser prefers.
// It runs before Redoc, which reads the attribute when it begins.

const CODE = "ui-monospace, Consolas, monospace", TEXT = "system-ui, sans-serif";
const fonts = { fontFamily: TEXT, headings: { fontFamily: TEXT } };
const THEMES = {
  light: {
    colors: { primary: { main: "#0b6478" }, text: { primary: "#16232b", secondary: "#48565e" } },
    sidebar: { backgroundColor: "#f3f6f8", textColor: "#16232b", activeTextColor: "#0b6478" },
    typography: { ...fonts, code: { fontFamily: CODE, color: "#a3312d" }, links: { color: "#0b6478" } },
  },
  dark: {
    colors: {
      primary: { main: "#4fb3c8" }, success: { main: "#63d18c" }, warning: { main: "#ffb454" }, error: { main: "#ff8a80" },
      text: { primary: "#e6edf1", secondary: "#b3c1c9" },
      // the chosen tab of a response is white in every theme
      responses: { success: { tabTextColor: "#1d8127" }, error: { tabTextColor: "#d41f1c" }, redirect: { tabTextColor: "#8a5a00" }, info: { tabTextColor: "#1f6f8b" } },
      border: { dark: "rgba(255, 255, 255, 0.18)", light: "#33424b" },
      gray: { 50: "#1a252c", 100: "#1a252c" },
    },
    schema: { nestedBackground: "#1a252c", linesColor: "#4a6470" },
    sidebar: { backgroundColor: "#1a252c", textColor: "#e6edf1", activeTextColor: "#7cc9da" },
    rightPanel: { backgroundColor: "#0b1115", servers: { overlay: { backgroundColor: "#1a252c", textColor: "#e6edf1" }, url: { backgroundColor: "#10181d" } } },
    fab: { backgroundColor: "#1a252c", color: "#7cc9da" },
    typography: { ...fonts, code: { fontFamily: CODE, color: "#ffb3a7", backgroundColor: "rgba(255, 255, 255, 0.09)" }, links: { color: "#7cc9da" } },
  },
};

const asked = document.documentElement.dataset.theme;
const preferred = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
const chosen = asked in THEMES ? asked : preferred;
document.documentElement.style.colorScheme = chosen;
document.querySelector("redoc").setAttribute("theme", JSON.stringify(THEMES[chosen]));
