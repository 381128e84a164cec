// The frame: which page is shown, and when it is drawn again.

import {el} from './dom.js';
import {follow, store} from './store.js';
import {certificates} from './certificates.js';
import {explain} from './explain.js';
import {node} from './node.js';
import {object} from './object.js';
import {overview} from './overview.js';
import {problems} from './problems.js';
import {routes} from './routes.js';
import {service} from './service.js';
import {services} from './services.js';

/** A page has title(parts) and draw(into, parts, redraw); redraws by itself only where it is `live`. */
const PAGES = {overview, routes, services, service, certificates, problems, explain, node, object};
const THEMES = ['system', 'light', 'dark'];

const main = document.getElementById('main');
let shown = null;

/** The page and its arguments: #/service/NAMESPACE/NAME. */
function place() {
  const [name, ...parts] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  return {page: PAGES[name] ?? overview, name: PAGES[name] ? name : 'overview', parts};
}

function draw() {
  const {page, name, parts} = place();
  const isNew = shown !== location.hash;
  shown = location.hash;
  if (isNew) {
    document.title = `${page.title(parts)} · Penstock`;
    main.replaceChildren(el('h1', null, page.title(parts)), el('div', {id: 'page'}));
    for (const link of document.querySelectorAll('nav a')) {
      if (link.hash === `#/${name}`) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  }
  redraw(page, parts);
  if (isNew && document.activeElement === document.body) main.focus();
}

/** Draws the page again and leaves the keyboard's focus where it was. */
function redraw(page, parts) {
  const focused = document.activeElement?.dataset?.key;
  const into = document.getElementById('page');
  if (store.config === null) {
    into.replaceChildren(el('p', {class: 'quiet'}, store.error ? `No answer: ${store.error}` : 'Loading …'));
    return;
  }
  page.draw(into, parts, () => redraw(page, parts));
  if (focused && document.activeElement?.dataset?.key !== focused) {
    into.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }
}

function frame() {
  const connection = document.getElementById('connection');
  const count = document.getElementById('problem-count');
  const status = store.error ? `no answer: ${store.error}` : `generation ${store.config.generation}`;
  if (connection.textContent !== status) connection.textContent = status;
  connection.className = store.error ? 'bad' : '';
  const problemCount = store.config?.problems.length ?? 0;
  count.hidden = problemCount === 0;
  count.textContent = String(problemCount);
}

function theme() {
  const button = document.getElementById('theme');
  const set = (name) => {
    if (name === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    button.textContent = `Colours: ${name}`;
    button.dataset.name = name;
  };
  set(THEMES.includes(localStorage.getItem('theme')) ? localStorage.getItem('theme') : 'system');
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(button.dataset.name) + 1) % THEMES.length];
    localStorage.setItem('theme', next);
    set(next);
  });
}

theme();
window.addEventListener('hashchange', draw);
window.addEventListener('keydown', (event) => {
  const typing = event.target instanceof Element && event.target.matches('input, textarea, select');
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector('input[type="search"]');
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
});
follow(() => {
  frame();
  const {page} = place();
  if (page.live || shown === null || document.querySelector('#page')?.childElementCount <= 1) draw();
});
