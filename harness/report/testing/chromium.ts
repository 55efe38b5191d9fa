import { existsSync } from 'node:fs';

/** Where distributions put it; CHROMIUM names another. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const chromiumPath = (): string | undefined =>
  [process.env.CHROMIUM ?? '', ...PLACES].find((path) => existsSync(path));
