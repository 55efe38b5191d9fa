import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './assets.ts';

// npm run build: puts what a page is made of beside the compiled page/.
const folder = process.argv[2]!;
writeFileSync(join(folder, 'client.js'), await bundle());
copyFileSync(new URL('style.css', import.meta.url), join(folder, 'style.css'));
