// Sends chosen or dropped files one after another by PUT, each with a bar; the page hears when all have come.

const mounted = new WeakMap();

function sent(file, address, bar) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("PUT", address);
    request.upload.onprogress = (event) => { bar.value = event.total ? event.loaded / event.total : 0; };
    request.onload = () => resolve(request.status);
    request.onerror = () => resolve(0);
    request.send(file);
  });
}

async function send(state, files) {
  for (const file of files) {
    const row = document.createElement("li"), name = document.createElement("span"), bar = document.createElement("progress");
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    row.append(name, bar);
    state.list.append(row);
    const address = new URL(state.data.path + encodeURIComponent(file.name), location.origin);
    const status = await sent(file, address, bar);
    if (status === 204) {
      row.remove();
    } else {
      bar.remove();
      row.className = "failed";
      name.textContent = `${file.name}: ${state.data.words.failed} (${status})`;
    }
  }
  state.tell("done", Date.now());
}

function listen(state, root) {
  const input = root.querySelector("input"), box = root.querySelector(".box");
  root.querySelector(".pick").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    send(state, files);
  });
  for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.toggle("over", over);
    });
  }
  box.addEventListener("drop", (event) => send(state, [...event.dataTransfer.files]));
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".uploader");
  let state = mounted.get(root);
  if (!state) {
    state = { list: root.querySelector(".going") };
    mounted.set(root, state);
    listen(state, root);
  }
  Object.assign(state, { data, tell: setTriggerValue });
  for (const [part, words] of [[".label", data.words.label], [".pick", data.words.pick], [".drop", data.words.drop]]) {
    root.querySelector(part).textContent = words;
  }
}
