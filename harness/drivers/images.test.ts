import { expect, test } from 'vitest';
import { renameImage } from './images.ts';

test.each([
  ['rollproof/article:2.0.0', 'rollproof/correct:2.0.0'],
  ['rollproof/article', 'rollproof/correct'],
  ['rollproof/other:1', 'rollproof/other:1'],
  ['localhost:5000/web:1', 'localhost:5000/web:1'],
  ['localhost:5000/app:1', 'mirror/app:1'],
])('%s → %s', (image, renamed) => {
  const images = { 'rollproof/article': 'rollproof/correct', 'localhost:5000/app': 'mirror/app' };
  expect(renameImage(image, images)).toBe(renamed);
});
