import init, { replay } from "/page.js";

// A page that was exported carries its wasm and its recording with it.
const inline = (id) => {
  const text = document.getElementById(id)?.textContent;
  return text && Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
};

const open = async (file) => replay(new Uint8Array(await file.arrayBuffer()));

const recording = async (name, token) => {
  const answer = await fetch(`/recording/${name}`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
};

async function save({ currentTarget }) {
  const name = currentTarget.dataset.file;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await (await recording(name, sessionStorage["patchbay.token"])).blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function given() {
  const bytes = inline("inline-recording");
  if (bytes) return replay(bytes);
  const asked = new URLSearchParams(location.hash.slice(1));
  if (!asked.has("replay")) return;
  await open(await recording(asked.get("replay"), asked.get("token")));
}

async function start() {
  await init({ module_or_path: inline("inline-wasm") || undefined });
  await given();
  document.getElementById("recording").addEventListener("change", async ({ target }) => {
    for (const file of target.files) await open(file);
    target.value = "";
  });
  document.getElementById("save").addEventListener("click", save);
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    for (const file of event.dataTransfer.files) open(file);
  });
}

start().catch((error) => {
  const boot = document.getElementById("boot");
  boot.textContent = `The page did not start: ${error.message ?? error}`;
  boot.hidden = false;
  throw error;
});
