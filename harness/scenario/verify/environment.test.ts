import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { substitute } from './environment.ts';

const ENVIRONMENT = { TAG: '2.0.0', RATE: '60', EMPTY: '', WORDS: 'a: b # c' };

function made(text: string): unknown {
  const document = parseDocument(text);
  return substitute(document, ENVIRONMENT) ?? document.toJS();
}

test.each<[string, unknown]>([
  ['image: web:${TAG}', { image: 'web:2.0.0' }],
  ['web:${TAG}: local', { 'web:2.0.0': 'local' }],
  ['image: web:${OTHER:-1.0.0}', { image: 'web:1.0.0' }],
  ['image: web:${EMPTY:-1.0.0}', { image: 'web:1.0.0' }],
  ['image: "web:${EMPTY}"', { image: 'web:' }],
  ['rate: ${RATE}', { rate: 60 }],
  ['rate: "${RATE}"', { rate: '60' }],
  ['tag: ${TAG}', { tag: '2.0.0' }],
  ['on: ${OTHER:-true}', { on: true }],
  ['off: ${OTHER:-false}', { off: false }],
  // It is a value, not a piece of YAML: it can add no key.
  ['text: ${WORDS}', { text: 'a: b # c' }],
  ['post: \'{ "price": "$5", "id": "$${TAG}" }\'', { post: '{ "price": "$5", "id": "${TAG}" }' }],
  ['[1, null, true]', [1, null, true]],
])('%s', (text, value) => {
  expect(made(text)).toEqual(value);
});

test('one that is not set is named, with its place', () => {
  expect(made('a: b\nimage: web:${OTHER}')).toEqual({ variable: 'OTHER', at: 12 });
  expect(made('image: ${not a name}')).toEqual({ variable: 'not a name', at: 7 });
});
