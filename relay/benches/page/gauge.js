// What the bench reads of a page: when its first pictures came, each frame's moment and script time, and
// what the relay's messages cost it. All in milliseconds since the navigation.
(() => {
  const gauge = { frames: [], heard: 0, bytes: 0, messages: 0, last: 0, drawn: false };
  window.gauge = gauge;

  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...area) {
    gauge.drawn = true;
    return clearRect.apply(this, area);
  };

  const ask = window.requestAnimationFrame;
  window.requestAnimationFrame = (work) => ask.call(window, (at) => {
    const began = performance.now();
    work(at);
    const ended = performance.now();
    gauge.frames.push([began, ended - began]);
    if (gauge.drawn) gauge.picture ??= ended;
    if (gauge.drawn && gauge.messages > 0) gauge.world ??= ended;
    if (document.getElementById('link')?.textContent.startsWith('recording of')) gauge.opened ??= ended;
    gauge.sought?.(ended);
  });

  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (kind, work, ...rest) {
    if (!(this instanceof WebSocket) || kind !== 'message') return listen.call(this, kind, work, ...rest);
    return listen.call(this, kind, (event) => {
      const began = performance.now();
      work.call(this, event);
      gauge.last = performance.now();
      gauge.heard += gauge.last - began;
      gauge.bytes += event.data.byteLength ?? event.data.length;
      gauge.messages += 1;
    }, ...rest);
  };

  const make = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (...all) => {
    const made = await make.apply(WebAssembly, all);
    gauge.memory = made.instance.exports.memory;
    return made;
  };

  gauge.clear = () => Object.assign(gauge, { frames: [], heard: 0, bytes: 0, messages: 0, last: 0 });
  // Nothing has come for so long, after something had.
  gauge.rests = (span) => gauge.last > 0 && performance.now() - gauge.last > span;
  // When a recording had been read to its end.
  gauge.whole = () => gauge.opened ?? 0;
  // Chooses a part of the scrubber; the milliseconds until the end of the frame that shows it.
  gauge.seek = (part) => new Promise((told) => {
    const scrubber = document.getElementById('scrubber');
    const { left, top, width, height } = scrubber.getBoundingClientRect();
    const place = { clientX: left + part * width, clientY: top + height / 2, pointerId: 1, bubbles: true };
    const before = scrubber.ariaValueNow;
    const began = performance.now();
    gauge.sought = (ended) => {
      if (scrubber.ariaValueNow === before) return;
      gauge.sought = undefined;
      told(ended - began);
    };
    scrubber.dispatchEvent(new PointerEvent('pointerdown', place));
    scrubber.dispatchEvent(new PointerEvent('pointerup', place));
  });
  gauge.pace = () => {
    const { frames } = gauge;
    const began = frames.map(([at]) => at);
    const took = frames.map(([, took]) => took).sort((a, b) => a - b);
    const gaps = began.slice(1).map((at, place) => at - began[place]);
    return {
      rate: (1000 * gaps.length) / (began.at(-1) - began[0]),
      script: took.reduce((sum, one) => sum + one, 0) / took.length,
      worst: took.at(-1),
      gap: Math.max(...gaps),
    };
  };
  gauge.weight = async (path) => {
    const bytes = await (await fetch(path)).arrayBuffer();
    const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
    return [bytes.byteLength, (await new Response(packed).arrayBuffer()).byteLength];
  };
})();
