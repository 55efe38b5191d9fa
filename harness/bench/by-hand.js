/** The load of the scenario that is done by hand: three lanes of 40 requests a second, as k6 has them. */
import http from 'k6/http';

const lane = (exec, vus) => ({
  executor: 'constant-arrival-rate',
  rate: 40,
  duration: '15m',
  preAllocatedVUs: vus,
  exec,
  gracefulStop: '0s',
});

export const options = {
  noVUConnectionReuse: false,
  scenarios: { fresh: lane('fresh', 40), kept: lane('kept', 40), post: lane('post', 40) },
};

const url = __ENV.TARGET;

export const fresh = () => http.get(url, { headers: { connection: 'close' } });
export const kept = () => http.get(url);
export const post = () => http.post(url, '{}', { headers: { 'content-type': 'application/json' } });
