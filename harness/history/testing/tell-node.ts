import { s } from './build.ts';
import { type PodPlan, round } from './roll-plan.ts';
import { versionOf } from './tell-objects.ts';
import type { ToldRoll } from './tell-roll.ts';

/** What the node and the pod's own log say of its end. */
export function tellProcess(roll: ToldRoll, pod: PodPlan): void {
  const { container, evidence, marks } = roll.plan;
  const { name, started, listening, sigterm, sigkill, exit, exitCode, crash } = pod;
  const base = { pod: name, container: 'app' };
  const happened = (at: number | undefined, event: string, fields: object = {}, run = 1) => {
    if (at !== undefined && evidence.node)
      roll.builder.add({ type: 'container', t: s(at), ...base, containerId: `${name}-${run}`, event, ...fields });
  };
  if (started > 5 && Number.isFinite(started)) happened(started, 'started');
  if (crash !== undefined) {
    happened(crash.at, 'exit', { exitCode: crash.code });
    happened(round(crash.at + 1), 'started', {}, 2);
  }
  happened(sigterm, 'sigterm');
  happened(sigkill, 'sigkill');
  happened(exit, 'exit', { exitCode });
  if (pod.deleted !== undefined && evidence.node) {
    const { command, catches } = container;
    roll.builder.add({ type: 'process', t: s(pod.deleted + 0.02), ...base, command, catchesSigterm: catches });
  }
  if (!evidence.ids || !Number.isFinite(listening)) return;
  roll.builder.add({ type: 'server', t: s(listening), pod: name, version: versionOf(pod.set), event: 'listening' });
  const until = exit ?? marks.stopped ?? marks.rolled ?? marks.trigger;
  roll.builder.add({
    type: 'log',
    t: s((marks.stopped ?? until) + 0.5),
    ...base,
    from: s(started),
    until: s(until),
    whole: true,
  });
}

/** What the harness itself did and said. */
export function tellMarks(roll: ToldRoll): void {
  const { ready, trigger, rolled, settled, tailEnd, stopped } = roll.plan.marks;
  roll.builder.mark(ready, 'load-ready').mark(trigger, 'trigger');
  for (const { at, kind } of roll.plan.overtaken) roll.builder.mark(at, 'trigger', kind);
  roll.builder.add({
    type: 'action',
    t: s(trigger + 0.01),
    action: 'set-image',
    detail: 'kubectl set image app=web:2.0.0',
    ok: true,
  });
  if (rolled !== undefined) roll.builder.mark(rolled, 'rolled');
  if (settled !== undefined) roll.builder.mark(settled, 'settled');
  if (tailEnd !== undefined) roll.builder.mark(tailEnd, 'tail-end');
  if (stopped === undefined) return;
  for (const lane of [...roll.plan.lanes, 'control' as const]) roll.builder.lane(stopped, lane);
  roll.builder.mark(stopped, 'load-stopped');
}
