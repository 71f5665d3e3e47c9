// Plays one experiment through by the page's own buttons, and reads the page in both languages at each stop.
// Comes to what is wrong, a line each.
(() => {
  const by = (id) => document.getElementById(id);
  const seen = (id) => by(id).checkVisibility({ visibilityProperty: true });
  const frame = () => new Promise(requestAnimationFrame);
  const PATIENCE = 60_000;
  const until = async (what, test) => {
    const from = performance.now();
    while (!test()) {
      if (performance.now() - from > PATIENCE) throw new Error(`waited for ${what}`);
      await frame();
    }
  };
  const cjk = /[\u4e00-\u9fff]/;
  const chinese = () => document.documentElement.lang.startsWith('zh');
  const texts = (ids) => ids.filter(seen).map((id) => by(id).textContent.trim());

  // The same stop in the one language, then in the other.
  const both = async (stop, ids, wrong) => {
    for (let turn = 0; turn < 2; turn += 1) {
      const said = texts(ids);
      if (said.some((text) => text === '')) wrong.push(`${stop}: nothing is said (${said.join(' | ')})`);
      const whole = said.join(' ');
      if (chinese() && !cjk.test(whole)) wrong.push(`${stop}: no Chinese in “${whole}”`);
      if (/\{[\w:.-]+\}/.test(whole)) wrong.push(`${stop}: an empty slot in “${whole}”`);
      if (turn === 0) {
        const was = chinese();
        by('language').click();
        await until('the other language', () => chinese() !== was && texts(ids).join(' ') !== whole);
      }
    }
  };

  window.playThrough = async (name) => {
    const wrong = [];
    try {
      by('speed').value = '10';
      by('speed').dispatchEvent(new Event('change', { bubbles: true }));
      by('path-open').click();
      const button = document.querySelector(`[data-experiment="${name}"]`);
      const title = button.querySelector('b').textContent;
      button.click();
      await until('its beginning', () => seen('player') && by('player-title').textContent === title && !seen('verdict'));
      let pressed = '';
      for (;;) {
        await until('a button, a bet or the end', () => seen('bet-pass') || seen('next') || seen('verdict') || (by('caption').contains(by('doors')) && seen('doors')));
        if (seen('bet-pass')) {
          await both('a bet', ['bet-ask', 'bet-choices'], wrong);
          document.querySelector('.choice').click();
          await until('the bet to be taken', () => !seen('bet-pass'));
        } else if (seen('next')) {
          pressed = by('progress').textContent;
          await both(pressed, ['say', 'player-title'], wrong);
          if (!seen('next')) continue;
          by('next').click();
          await frame();
        } else break;
      }
      if (by('broken').textContent) wrong.push(by('broken').textContent);
      if (seen('verdict')) {
        await both('the verdict', ['verdict-word', 'verdict-here', 'verdict-kept', 'player-title'], wrong);
        if (by('verdict-kept').className === 'bad') wrong.push(by('verdict-kept').textContent);
      } else await both('the end', ['say', 'player-title'], wrong);
    } catch (error) {
      wrong.push(`${error.message}; the page says “${by('say').textContent}” (${by('progress').textContent})`);
      by('stop').click();
    }
    return wrong;
  };
})();
