// What offends on the page as it stands, each in one line; nothing when all is well.
(() => {
  const found = [];
  const say = (what, node, more) => {
    const name = node.id ? `#${node.id}` : `${node.tagName.toLowerCase()}.${node.className} in #${node.closest('[id]')?.id}`;
    const text = (node.innerText || node.value || node.ariaLabel || '').trim().slice(0, 40);
    found.push(`${what}: ${name} “${text}” ${more}`);
  };
  const aside = (node) => node.closest('.unseen, .skips, noscript, [hidden], .idle#caption');
  const seen = (node) => {
    const box = node.getBoundingClientRect();
    return !aside(node) && box.width > 0 && box.height > 0 && node.checkVisibility({ visibilityProperty: true });
  };
  const round = (box) => ['left', 'top', 'right', 'bottom'].map((side) => Math.round(box[side])).join(' ');

  // Nothing is wider than the window.
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth) found.push(`scrolls sideways: ${root.scrollWidth} > ${innerWidth}`);

  // The part of a node that its scrolling ancestors let through.
  const through = (node) => {
    const box = node.getBoundingClientRect();
    const rest = { left: box.left, top: box.top, right: box.right, bottom: box.bottom };
    for (let outer = node.parentElement; outer; outer = outer.parentElement) {
      if (outer === document.body || outer === document.documentElement) break;
      if (getComputedStyle(outer).overflowY === 'visible' && getComputedStyle(outer).overflowX === 'visible') continue;
      const edge = outer.getBoundingClientRect();
      rest.left = Math.max(rest.left, edge.left);
      rest.top = Math.max(rest.top, edge.top);
      rest.right = Math.min(rest.right, edge.right);
      rest.bottom = Math.min(rest.bottom, edge.bottom);
    }
    return rest;
  };
  const covers = [...document.querySelectorAll('aside:not([hidden]), details[open] form, .bundle:popover-open, #thumb')].filter(seen);

  // Each control can be hit at its middle, and lies whole inside the window's width.
  const controls = [...document.querySelectorAll('button, input, select, summary')].filter(seen);
  for (const node of controls) {
    const box = node.getBoundingClientRect();
    if (box.left < -0.5 || box.right > innerWidth + 0.5) say('out of the window', node, round(box));
    const rest = through(node);
    if (rest.right - rest.left < box.width - 1) say('cut at a side', node, `${round(box)} to ${round(rest)}`);
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    // Scrolled away, inside its box or with the page.
    if (y < Math.max(rest.top, 0) || y > Math.min(rest.bottom, innerHeight) || x < rest.left || x > rest.right) continue;
    const hit = document.elementFromPoint(x, y);
    const label = node.closest('label');
    if (hit && (node.contains(hit) || label?.contains(hit))) continue;
    if (hit && covers.some((cover) => cover.contains(hit) && !cover.contains(node))) continue;
    say('covered', node, `at ${Math.round(x)} ${Math.round(y)} by ${hit?.id || hit?.className || hit?.tagName}`);
  }

  // Text: large enough, strong enough, whole.
  const cjk = /[\u2e80-\u9fff\uff00-\uffef]/;
  const rgb = (text) => {
    const parts = text.match(/[\d.]+/g).map(Number);
    return { parts, clear: parts.length > 3 ? parts[3] : 1 };
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const ground = (node) => {
    for (let outer = node; outer; outer = outer.parentElement) {
      const color = rgb(getComputedStyle(outer).backgroundColor);
      if (color.clear > 0.5) return color.parts;
    }
    return [255, 255, 255];
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const node = text.parentElement;
    if (!text.data.trim() || !seen(node) || ['OPTION', 'SCRIPT', 'STYLE'].includes(node.tagName)) continue;
    const style = getComputedStyle(node);
    const size = parseFloat(style.fontSize);
    const least = cjk.test(text.data) ? 14 : 13;
    if (size < least) say('small', node, `${size} px < ${least}`);
    if (cjk.test(text.data) && style.fontStyle === 'italic') say('italic CJK', node, '');
    const ratio = contrast(rgb(style.color).parts, ground(node));
    if (ratio < 4.5) say('pale', node, `${ratio.toFixed(2)} < 4.5`);
  }
  for (const node of document.querySelectorAll('button, summary, output, h1, h2, p, code, label, select, dt, dd')) {
    if (!seen(node)) continue;
    const style = getComputedStyle(node);
    const clips = style.overflowX !== 'visible' || style.overflowY !== 'visible';
    if (clips && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 2)) {
      say('text cut', node, `${node.scrollWidth} × ${node.scrollHeight} in ${node.clientWidth} × ${node.clientHeight}`);
    }
  }

  // The pictures' texts: large enough, apart from each other, inside, and not under a control.
  for (const [canvas, texts] of witness.drawn) {
    if (!seen(canvas)) continue;
    const name = `#${canvas.id}`;
    const { width } = canvas.getBoundingClientRect();
    const words = texts.filter((own) => own.text.trim() && own.clear > 0.3);
    for (const own of words) {
      const least = cjk.test(own.text) ? 14 : 13;
      if (own.size < least - 0.01) found.push(`small: ${name} “${own.text}” ${own.size} px < ${least}`);
      if (own.left < -1 || own.right > width + 1) found.push(`text cut: ${name} “${own.text}” ${round(own)} of ${width}`);
    }
    for (const [place, a] of words.entries()) {
      for (const b of words.slice(place + 1)) {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 2 && down > 3) found.push(`texts overlap: ${name} “${a.text}” (${round(a)}) “${b.text}” (${round(b)})`);
      }
    }
    const at = canvas.getBoundingClientRect();
    for (const node of controls) {
      // The doors lie over a ladder on which next to nothing has happened yet; a packet's button is clear; an
      // experiment's card hides what it lies over.
      if (node.matches('.pick, .many, .spot, .door') || node.closest('#card') || !node.closest('#stage, #lower')?.contains(canvas)) continue;
      const box = node.getBoundingClientRect();
      for (const own of words) {
        const across = Math.min(own.right + at.left, box.right) - Math.max(own.left + at.left, box.left);
        const down = Math.min(own.bottom + at.top, box.bottom) - Math.max(own.top + at.top, box.top);
        if (across > 2 && down > 3) found.push(`text under a control: ${name} “${own.text}” under “${(node.innerText || node.value).trim()}”`);
      }
    }
  }
  return [...new Set(found)];
})()
