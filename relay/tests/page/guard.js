// Counts, from before the page's own script runs, what injected markup would do:
//   guard.breaches    breaches of the content security policy, and of trusted types
//   guard.dialogs     alerts and their like
//   guard.injected    elements that could act and that the shell does not have, and handlers in markup
(() => {
  const guard = { breaches: [], dialogs: [], injected: [] };
  window.guard = guard;
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
    guard.breaches.push([violatedDirective, blockedURI, sample].join(' '));
  }, true);
  for (const name of ['alert', 'confirm', 'prompt', 'print']) {
    window[name] = (...said) => { guard.dialogs.push([name, ...said].join(' ')); };
  }
  const SHELL = 'script[type=module][src="/boot.js"]';
  const look = (own) => {
    if (own.nodeType !== Node.ELEMENT_NODE) return;
    const acts = own.matches('script, img, iframe, object, embed, frame, base, meta[http-equiv], style');
    const handles = [...own.attributes].some(({ name, value }) => /^on/.test(name) || (/^(href|src|action|formaction|data|xlink:href)$/.test(name) && /^\s*javascript:/i.test(value)));
    if ((acts && !own.matches(SHELL)) || handles) guard.injected.push(own.outerHTML.slice(0, 200));
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      look(target);
      for (const own of addedNodes) {
        look(own);
        own.querySelectorAll?.('*').forEach(look);
      }
    }
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ['src', 'href', 'onload', 'onerror', 'onclick'] });
})();
