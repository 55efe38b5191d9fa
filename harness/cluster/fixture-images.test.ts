import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CannotRun } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import { contentOf } from './fixture-images.ts';

test('the same files have the same digest, another version has another', () => {
  expect(contentOf('article', '1.0.0')).toBe(contentOf('article', '1.0.0'));
  expect(contentOf('article', '1.0.0')).not.toBe(contentOf('article', '2.0.0'));
  expect(contentOf('article', '1.0.0')).not.toBe(contentOf('correct', '1.0.0'));
});

test.each(['article/app.py', 'common/evidence.py', 'Dockerfile'])('a change of %s changes the digest', (file) => {
  const folder = copyOfServices();
  const before = contentOf('article', '1.0.0', folder);
  writeFileSync(join(folder, file), '# changed');
  expect(contentOf('article', '1.0.0', folder)).not.toBe(before);
});

test("a change of another service does not, nor does what Docker's context leaves out", () => {
  const folder = copyOfServices();
  const before = contentOf('article', '1.0.0', folder);
  writeFileSync(join(folder, 'correct/app.py'), '# changed');
  writeFileSync(join(folder, 'testing/client.py'), '# changed');
  expect(contentOf('article', '1.0.0', folder)).toBe(before);
});

test('an unknown service is named, with those that there are', () => {
  const call = () => contentOf('artcle', '1.0.0');
  expect(call).toThrow(CannotRun);
  expect(call).toThrow(/no sample service "artcle"/);
  expect(call).toThrow(expect.objectContaining({ remedy: 'there are: article, correct, defects, small' }));
});

function copyOfServices(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-services-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(packageRoot, 'fixtures/services'), folder, { recursive: true });
  return folder;
}
