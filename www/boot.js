import init from "/page.js";

init().catch((error) => {
  document.getElementById("boot").textContent = `The page did not start: ${error}`;
  throw error;
});
