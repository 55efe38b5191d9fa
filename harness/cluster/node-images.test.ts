import { expect, test } from 'vitest';
import { fullName, imagesOn, loadedImages } from './node-images.ts';

/** Docker, whose images' ids may change; and nodes with what they have. */
function place(ids: Record<string, string>, nodes: Record<string, string[] | Error>) {
  const idsOf = async (refs: string[]) =>
    refs.map((ref) => {
      if (ids[ref] === undefined) throw new Error(`no such image: ${ref}`);
      return ids[ref];
    });
  const exec = async (_: string[], node = '') => {
    const names = nodes[node]!;
    if (names instanceof Error) throw names;
    return `${names.join('\n')}\n`;
  };
  return { images: loadedImages(idsOf), nodes: { exec, nodes: Object.keys(nodes) } };
}

const BOTH = ['web:1', 'web:2'];
const IDS = { 'web:1': 'sha256:1', 'web:2': 'sha256:2' };
const HAS = ['docker.io/library/web:1', 'docker.io/library/web:2'];

type Place = ReturnType<typeof place>;
const missing = async ({ images, nodes }: Place, refs: string[]) => (await images.missing(refs, nodes)).refs;
const load = async ({ images, nodes }: Place, refs: string[]) => (await images.missing(refs, nodes)).loaded();

test('what nobody has loaded is missing, whatever the nodes have: it may be an older one', async () => {
  expect(await missing(place(IDS, { a: HAS }), BOTH)).toEqual(BOTH);
});

test('what was loaded, and is on every node, is not loaded again', async () => {
  const at = place(IDS, { a: HAS, b: HAS });
  await load(at, ['web:1']);
  expect(await missing(at, BOTH)).toEqual(['web:2']);
});

test('what was loaded is missing where a node does not have it any more, or nobody can say', async () => {
  for (const second of [['docker.io/library/web:2'], [], ['docker.io/other/web:1'], new Error('the node is paused')]) {
    const at = place(IDS, { a: HAS, b: second });
    await load(at, BOTH);
    expect(await missing(at, ['web:1'])).toEqual(['web:1']);
  }
});

test('what was built anew since is missing, also where that was while it was loaded', async () => {
  const ids: Record<string, string> = { ...IDS };
  const at = place(ids, { a: HAS });
  const loading = await at.images.missing(BOTH, at.nodes);
  ids['web:2'] = 'sha256:another';
  loading.loaded();
  expect(await missing(at, BOTH)).toEqual(['web:2']);
});

test('what Docker does not have is left to kind, which says so', async () => {
  const at = place({ 'web:1': 'sha256:1' }, { a: HAS });
  await load(at, BOTH);
  expect(await missing(at, BOTH)).toEqual(BOTH);
});

test.each([
  ['web:1', 'docker.io/library/web:1'],
  ['shop/web:1', 'docker.io/shop/web:1'],
  ['localhost/web:1', 'localhost/web:1'],
  ['localhost:5000/web:1', 'localhost:5000/web:1'],
  ['registry.example/shop/web:1', 'registry.example/shop/web:1'],
])('%s is %s on a node', async (ref, name) => {
  const at = place({ [ref]: 'sha256:1' }, { a: [name] });
  await load(at, [ref]);
  expect(await missing(at, [ref])).toEqual([]);
});

test('containerd writes out what short names leave away', () => {
  expect(fullName('web:1')).toBe('docker.io/library/web:1');
  expect(fullName('registry.example/web:1')).toBe('registry.example/web:1');
});

test('a node that cannot be asked has images that nobody knows', async () => {
  expect(await imagesOn({ exec: () => Promise.reject(new Error('gone')) }, 'a')).toBeUndefined();
  expect(await imagesOn({ exec: async () => 'a:1\nb:2\n' }, 'a')).toEqual(['a:1', 'b:2']);
});
