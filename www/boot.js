import init, { replay } from "/page.js";

// A page that was exported carries its wasm and its recording with it.
const inline = (id) => {
  const text = document.getElementById(id)?.textContent;
  return text && Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
};

const open = async (file) => replay(new Uint8Array(await file.arrayBuffer()));

async function given() {
  const bytes = inline("inline-recording");
  if (bytes) return replay(bytes);
  const asked = new URLSearchParams(location.hash.slice(1));
  if (!asked.has("replay")) return;
  const headers = { authorization: `Bearer ${asked.get("token")}` };
  const answer = await fetch(`/recording/${asked.get("replay")}`, { headers });
  if (!answer.ok) throw new Error(await answer.text());
  await open(answer);
}

async function start() {
  await init({ module_or_path: inline("inline-wasm") || undefined });
  await given();
  document.getElementById("recording").addEventListener("change", async ({ target }) => {
    for (const file of target.files) await open(file);
    target.value = "";
  });
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
