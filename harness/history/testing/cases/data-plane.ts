import { type RollOptions, rollPlan } from '../roll-plan.ts';
import { ToldRoll } from '../tell-roll.ts';
import type { Case } from './case.ts';

/** What lies between clients and pods: the Service, its slice, the proxies. */
export const DATA_PLANE: Record<string, Case> = {
  'switch-before-ready': () =>
    selectorSwitched(12).sent(12.6, { lost: 'refused' }).sent(13.4, { lost: 'refused' }).whole(),
  'switch-when-ready': () => selectorSwitched(22.6).whole(),

  'headless-dns': () => calledByAddress({ clusterIP: 'None' }),
  'refused-after-the-slice-dropped-it': () => calledByAddress({}),

  'local-traffic-policy': () => dialled({ type: 'NodePort', externalTrafficPolicy: 'Local' }),
  'dial-timeout-and-no-reason': () => dialled({ type: 'NodePort', externalTrafficPolicy: 'Cluster' }),
};

const told = (options: RollOptions) => new ToldRoll(rollPlan(options));

/** The Service selects the new version only; its first pod is ready at 13.8. */
const selectorSwitched = (at: number) =>
  told({
    service: [
      { at: 1, spec: {} },
      { at, spec: { selector: { app: 'web', version: 'web-b' } } },
    ],
  });

/** a1 ends in order at 17.05; who still has its address is refused at 17.5. A headless Service has no tracked connections. */
const calledByAddress = (spec: object) =>
  told({ evidence: { flows: false }, lives: 1, container: { sleep: 2 }, service: [{ at: 1, spec }] })
    .sent(15.3, { to: 'a1' })
    .sent(16.7, { to: 'a1' })
    .sent(17.5, { to: 'a1', lost: 'refused' })
    .whole();

const dialled = (spec: object) =>
  told({ evidence: { flows: false }, service: [{ at: 1, spec }], target: 'nodePort' })
    .sent(12, { lost: 'dialTimeout', seconds: 5 })
    .whole();
