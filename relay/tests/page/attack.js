// What a page tries that wants to act through its visitor's browser. The same at any origin: what comes
// of it is for the test to judge.
window.attack = (() => {
  const COMMAND = { socket: { net: 'host', family: 'ipv4', kind: 'stream', side: 'left', name: 'stolen' } };

  // Opens a session with that token and makes a socket: whether the relay took the opening handshake,
  // and what it said.
  const session = (url, token) => new Promise((done) => {
    const said = [];
    let opened = false;
    const socket = new WebSocket(url, 'patchbay.json.v1');
    const end = () => done({ opened, said });
    socket.onopen = () => {
      opened = true;
      socket.send(JSON.stringify({ hello: { version: 1, token, resume: null } }));
      socket.send(JSON.stringify({ command: { id: 1, do: COMMAND } }));
    };
    socket.onmessage = ({ data }) => {
      const [kind] = Object.keys(JSON.parse(data));
      said.push(kind);
      if (kind === 'reply') { socket.onclose = null; socket.close(); end(); }
    };
    socket.onclose = end;
  });

  // The status that can be read, or the error's name; and the text.
  const get = async (url, mode) => {
    try {
      const answer = await fetch(url, { mode });
      return { came: answer.type === 'opaque' ? 'opaque' : answer.status, text: await answer.text() };
    } catch (error) {
      return { came: error.name, text: '' };
    }
  };

  // "load" or "error" of an element.
  const element = (name, set) => new Promise((done) => {
    const own = document.createElement(name);
    own.onload = () => done('load');
    own.onerror = () => done('error');
    set(own);
    document.body.append(own);
  });
  const script = (src) => element('script', (own) => { own.src = src; });
  const image = (src) => element('img', (own) => { own.src = src; });
  // What a frame's document shows to this page, once it has loaded.
  const frame = async (src) => {
    let own;
    await element('iframe', (made) => { own = made; made.src = src; });
    try {
      return own.contentWindow.location.href + own.contentDocument.body.innerText;
    } catch (error) {
      return error.name;
    }
  };

  // A session and a page fetched from within a frame whose origin is "null".
  const nameless = (kind, origin, token) => new Promise((done) => {
    const work = `
      const session = ${session}; const get = ${get}; const COMMAND = ${JSON.stringify(COMMAND)};
      Promise.all([
        session(${JSON.stringify(`${origin.replace('http', 'ws')}/ws`)}, ${JSON.stringify(token)}),
        get(${JSON.stringify(`${origin}/`)}, 'cors'),
      ]).then(([session, page]) => parent.postMessage({ origin: self.origin, session, page }, '*'));`;
    const html = `<!doctype html><script>${work}<\/script>`;
    addEventListener('message', ({ data }) => done(data), { once: true });
    const own = document.createElement('iframe');
    if (kind === 'data') own.src = `data:text/html,${encodeURIComponent(html)}`;
    else { own.sandbox = 'allow-scripts'; own.srcdoc = html; }
    document.body.append(own);
  });

  // What the opener of a window learns of it.
  const learn = (own) => {
    const tries = {
      hash: () => own.location.hash,
      href: () => own.location.href,
      text: () => own.document.body.innerText,
      storage: () => JSON.stringify({ ...own.sessionStorage }),
    };
    const learnt = { closed: own.closed };
    for (const [name, look] of Object.entries(tries)) {
      try { learnt[name] = String(look()); } catch (error) { learnt[name] = error.name; }
    }
    return learnt;
  };

  const post = (url) => {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = url;
    form.enctype = 'text/plain';
    const field = document.createElement('input');
    field.name = JSON.stringify({ command: { id: 1, do: COMMAND } });
    form.append(field);
    document.body.append(form);
    form.submit();
  };

  return { session, get, script, image, frame, nameless, learn, post };
})();
