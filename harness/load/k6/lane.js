/** One lane of load: the same request again and again. Run by k6, see rollproof.js. */
import { begin, lane, request } from './rollproof.js';

export { handleSummary, options, setup } from './rollproof.js';

const json = lane.body === undefined ? {} : { 'content-type': 'application/json' };

export default function iteration(started) {
  begin(started);
  request(lane.method, lane.path, lane.body, { headers: { ...json, ...lane.headers } });
}
