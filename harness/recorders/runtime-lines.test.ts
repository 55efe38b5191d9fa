import { expect, test } from 'vitest';
import { readRuntimeLine } from './runtime-lines.ts';
import { testClock } from './testing/node.ts';

const clock = testClock();
const ID = '4f0c1d';
const line = (message: string) =>
  `time="2026-01-01T00:00:17.040123456Z" level=info msg="${message.replaceAll('"', '\\"')}"`;

test.each([
  ['started', `StartContainer for "${ID}" returns successfully`],
  ['sigterm', `Stop container "${ID}" with signal terminated`],
  ['sigkill', `Stop container "${ID}" with signal killed`],
  ['sigkill', `Kill container "${ID}"`],
])('%s: %s', (event, message) => {
  expect(readRuntimeLine(line(message), clock)).toEqual({ t: 17_040_123_456, containerId: ID, event });
});

// An image with STOPSIGNAL SIGQUIT, as nginx has it.
test('sigterm, by another signal: which one it was', () => {
  const said = readRuntimeLine(line(`Stop container "${ID}" with signal user defined signal 1`), clock);
  expect(said).toMatchObject({ event: 'sigterm', signal: 'user defined signal 1' });
});

test.each([
  [137, 'exit_status:137 exited_at:{seconds:1767225620 nanos:123456789}', 20_123_456_789],
  [0, 'exited_at:{seconds:1767225620  nanos:7}', 20_000_000_007],
  [1, 'exit_status:1  exited_at:{seconds:1767225620}', 20_000_000_000],
])('an exit with code %i, when it was and not when it was logged', (exitCode, rest, t) => {
  const message = `received container exit event container_id:"${ID}" id:"${ID}" pid:4242 ${rest}`;
  expect(readRuntimeLine(line(message), clock)).toEqual({ t, containerId: ID, event: 'exit', exitCode });
});

test('a line as containerd 2.3.7 wrote it', () => {
  const real = String.raw`time="2026-01-01T00:00:21.530266521Z" level=info msg="received container exit event container_id:\"1d7654fd102e0dd0a7e80dc7df6ba0bcd70cd562d114fb6b1a4692f03a26aed6\"  id:\"1d7654fd102e0dd0a7e80dc7df6ba0bcd70cd562d114fb6b1a4692f03a26aed6\"  pid:1665  exited_at:{seconds:1767225621  nanos:528681954}"`;
  expect(readRuntimeLine(real, clock)).toEqual({
    t: 21_528_681_954,
    containerId: '1d7654fd102e0dd0a7e80dc7df6ba0bcd70cd562d114fb6b1a4692f03a26aed6',
    event: 'exit',
    exitCode: 0,
  });
});

test('a stamp in another zone is the same instant', () => {
  const text = line(`Kill container "${ID}"`).replace('2026-01-01T00:00:17.040123456Z', '2026-01-01T01:30:17.04+01:30');
  expect(readRuntimeLine(text, clock)).toMatchObject({ t: 17_040_000_000 });
});

test.each([
  ['the request, which comes before SIGTERM', line(`StopContainer for "${ID}" with timeout 30 (s)`)],
  ['the request to start', line(`StartContainer for "${ID}"`)],
  ['the end of a sandbox', line(`received sandbox container exit event sandbox_id:"${ID}" exit_status:137`)],
  ['the end of its process', line(`received sandbox exit event container_id:"${ID}" exit_status:137`)],
  ['an event that nobody fetched', line('container event discarded').replace(/$/, ` container=${ID}`)],
  ['an end that could not be handled', line(`failed to handle container TaskExit event container_id:"${ID}"`)],
  ['what systemd says', 'Started containerd.service - containerd container runtime.'],
])('%s tells nothing', (_, text) => expect(readRuntimeLine(text, clock)).toBeUndefined());
