// Links between pages, and from objects to where they are shown.

import {el} from './dom.js';

const hash = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;

export const objectLink = (kind, namespace, name, text) =>
    el('a', {href: hash('object', kind, namespace, name), 'data-key': `object ${kind} ${namespace} ${name}`}, text ?? `${kind} ${namespace ? `${namespace}/` : ''}${name}`);

/** service: namespace/name, with :port or without. */
export function serviceLink(service) {
  const [namespace, rest] = service.split('/');
  const name = rest.split(':')[0];
  return el('a', {href: hash('service', namespace, name), 'data-key': `service ${namespace} ${name}`}, service);
}

export const explainLink = (url, text) => el('a', {href: hash('explain', url), 'data-key': `explain ${url}`}, text);
