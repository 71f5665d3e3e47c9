// What a test can ask for of a page under test:
//   witness.sockets   its WebSockets, in the order in which they were made
//   witness.said      the text frames that they sent
//   witness.ask(do)   a command over a session of its own; its result
//   witness.drawn     for each canvas, the texts of its present picture, in page pixels
(() => {
  const witness = { sockets: [], said: [], drawn: new Map() };
  window.witness = witness;

  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    if (!witness.sockets.includes(this)) witness.sockets.push(this);
    if (typeof data === 'string') witness.said.push(data);
    return send.call(this, data);
  };

  let session;
  const open = () => new Promise((ready) => {
    const socket = new WebSocket(`ws://${location.host}/ws`, 'patchbay.json.v1');
    const answers = new Map();
    socket.onopen = () => {
      const token = location.hash.slice('#token='.length);
      send.call(socket, JSON.stringify({ hello: { version: 1, token, resume: null } }));
    };
    socket.onmessage = ({ data }) => {
      const { welcome, reply } = JSON.parse(data);
      if (welcome) ready({ socket, answers });
      if (reply) answers.get(reply.id)?.(reply.result);
    };
  });
  witness.ask = async (command) => {
    const { socket, answers } = await (session ??= open());
    const id = answers.size + 1;
    return new Promise((answered) => {
      answers.set(id, answered);
      send.call(socket, JSON.stringify({ command: { id, do: command } }));
    });
  };

  const picture = CanvasRenderingContext2D.prototype;
  const { clearRect, fillText } = picture;
  picture.clearRect = function (...area) {
    witness.drawn.set(this.canvas, []);
    return clearRect.apply(this, area);
  };
  picture.fillText = function (text, x, y, ...rest) {
    const at = this.getTransform();
    const size = this.measureText(text);
    const scale = at.a / devicePixelRatio;
    const point = at.transformPoint({ x, y });
    const texts = witness.drawn.get(this.canvas) ?? [];
    texts.push({
      text: String(text),
      font: this.font,
      size: parseFloat(/([\d.]+)px/.exec(this.font)[1]) * scale,
      color: this.fillStyle,
      left: point.x / devicePixelRatio - size.actualBoundingBoxLeft * scale,
      right: point.x / devicePixelRatio + size.actualBoundingBoxRight * scale,
      top: point.y / devicePixelRatio - size.actualBoundingBoxAscent * scale,
      bottom: point.y / devicePixelRatio + size.actualBoundingBoxDescent * scale,
      clear: this.globalAlpha,
    });
    witness.drawn.set(this.canvas, texts);
    return fillText.call(this, text, x, y, ...rest);
  };
})();
