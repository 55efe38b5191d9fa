/** The lane of a k6 script of one's own, which lies beside this file as script.js. Its own options are left out. */
import { begin, end, setup as started } from './rollproof.js';
import * as own from './script.js';

export { handleSummary, options } from './rollproof.js';

export function setup() {
  return { ...started(), data: own.setup === undefined ? undefined : own.setup() };
}

export default function iteration(given) {
  begin(given);
  let error;
  try {
    own.default(given.data);
  } catch (thrown) {
    error = thrown;
  }
  end(error);
}
