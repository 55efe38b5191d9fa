// k6 as most people use it: some users that come again and again over kept connections, and a threshold.

import { sleep } from 'k6';
import http from 'k6/http';

export const options = {
  vus: 10,
  duration: '15m',
  thresholds: { http_req_failed: ['rate<0.01'] },
  summaryTrendStats: ['max'],
};

export default function () {
  http.get(__ENV.TARGET, { timeout: '10s' });
  sleep(0.5);
}

export function handleSummary({ metrics }) {
  return { stdout: `${JSON.stringify(metrics.http_req_failed)}\n` };
}
