import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectl } from './kubectl.ts';
import type { StartedWorkload } from './workload.ts';

/**
 * `kubectl edit`, with an editor that changes the image of one container in the file that it is given.
 *
 * @throws KubectlRefused where the Deployment has no such container, or the apiserver does not take the change.
 */
export async function edit(
  workload: StartedWorkload,
  { container, image }: { container: string; image: string },
  detail: string,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-editor-'));
  try {
    const script = join(folder, 'editor.cjs');
    writeFileSync(script, editorOf(container, image));
    const args = ['edit', `deployment/${workload.deployment}`];
    const editor = [process.execPath, script].map(shellWord).join(' ');
    await kubectl(workload, { action: 'edit', detail }, args, { env: { KUBE_EDITOR: editor } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Source of a program that edits the YAML file that its last argument names. */
function editorOf(container: string, image: string): string {
  const yaml = createRequire(import.meta.url).resolve('yaml');
  return `
const { readFileSync, writeFileSync } = require('node:fs');
const { parseDocument } = require(${JSON.stringify(yaml)});
const file = process.argv.at(-1);
const text = parseDocument(readFileSync(file, 'utf8'));
const containers = text.getIn(['spec', 'template', 'spec', 'containers']).items;
const edited = containers.find((one) => one.get('name') === ${JSON.stringify(container)});
if (edited === undefined) {
  console.error(${JSON.stringify(`there is no container ${container}`)});
  process.exit(1);
}
edited.set('image', ${JSON.stringify(image)});
writeFileSync(file, text.toString({ lineWidth: 0 }));
`;
}

/** kubectl splits at spaces, and hands to a shell what has quotes. */
const shellWord = (path: string): string => (/[^\w@%+=:,./-]/.test(path) ? `'${path.replaceAll("'", `'\\''`)}'` : path);
