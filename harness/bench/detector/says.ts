import { fenceposts } from '../../checks/fenceposts.ts';
import { deploymentOf } from '../../history/objects.ts';
import type { KubeObject } from '../../history/types.ts';

/** What a common tool would have said of a rollout: that it went well, that it did not, or nothing that can be told. */
export interface PeerSays {
  peer: string;
  says: 'fine' | 'alarm' | 'nothing';
  /** What it saw, in a few words. */
  detail: string;
}

type Opinion = Omit<PeerSays, 'peer'>;

const NOTHING: Opinion = { says: 'nothing', detail: 'it gave no account' };

/** A gate as teams write it: at least so much of all that was sent has to have been answered well. */
function gate(good: number, sent: number, least: number): Opinion {
  if (sent === 0) return NOTHING;
  return { says: good / sent >= least ? 'fine' : 'alarm', detail: `${sent - good} of ${sent} failed` };
}

/** hey's report, as text. */
export function ofHey(text: string, least: number): Opinion {
  const counted = (title: string) => {
    const [, section = ''] = text.split(title);
    const lines = section.replace(/^\n/, '').split('\n\n')[0]!;
    return [...lines.matchAll(/^\s*\[(\d+)\]\t(?:(\d+) responses)?/gm)];
  };
  const answers = counted('Status code distribution:').map(([, status, count]) => [Number(status), Number(count)]);
  const errors = counted('Error distribution:').reduce((sum, [, count]) => sum + Number(count), 0);
  const total = (of: number[][]) => of.reduce((sum, [, count]) => sum + count!, 0);
  return gate(total(answers.filter(([status]) => status! < 400)), total(answers) + errors, least);
}

/** vegeta's report, as JSON. */
export function ofVegeta(json: string, least: number): Opinion {
  const { requests, success } = parsed<{ requests: number; success: number }>(json) ?? { requests: 0, success: 0 };
  return gate(Math.round(success * requests), requests, least);
}

/** k6's metric http_req_failed, as its summary has it: what counts in it is a failure. */
export function ofK6(json: string): Opinion {
  const metric = parsed<{ values: { passes: number; fails: number }; thresholds: Record<string, { ok: boolean }> }>(
    json,
  );
  if (metric === undefined) return NOTHING;
  const { passes, fails } = metric.values;
  const kept = Object.values(metric.thresholds).every(({ ok }) => ok);
  return { says: kept ? 'fine' : 'alarm', detail: `${passes} of ${passes + fails} failed` };
}

function parsed<T>(json: string): T | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** `kubectl rollout status`, once for each transition: its exit codes. undefined: it still waited when all was over. */
export function ofStatus(exits: (number | undefined)[]): Opinion {
  if (exits.length === 0) return NOTHING;
  const good = exits.filter((code) => code === 0).length;
  return { says: good === exits.length ? 'fine' : 'alarm', detail: `success ${good} of ${exits.length} times` };
}

/**
 * What Kubernetes' own tests of Deployments ask at each look (WaitForDeploymentCompleteAndCheckRolling in its
 * test/utils/deployment.go): no fewer available, by its status, than R − U, and no more pods than R + G. They do not change R
 * meanwhile; where it changes, the smallest and the largest up to then are taken.
 *
 * @returns what is wrong at each look, if anything is.
 */
export function looksAt(): (object: KubeObject) => string | undefined {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  return (object) => {
    const deployment = deploymentOf(object);
    const { replicas, status } = deployment;
    [least, most] = [Math.min(least, replicas), Math.max(most, replicas)];
    if (deployment.strategy === 'Recreate') return undefined;
    const { unavailable } = fenceposts({ ...deployment, replicas: least });
    const { surge } = fenceposts({ ...deployment, replicas: most });
    if (status.available < least - unavailable) return `${status.available} of ${least} available`;
    if (status.replicas > most + surge) return `${status.replicas} pods where ${most} are wanted`;
    return undefined;
  };
}

/** Looks at the Deployment at an interval: what was wrong at each. */
export function ofLooks(looks: (string | undefined)[]): Opinion {
  if (looks.length === 0) return NOTHING;
  const wrong = looks.filter((look) => look !== undefined);
  const detail =
    wrong[0] === undefined ? `${looks.length} looks` : `${wrong.length} of ${looks.length} looks: ${wrong[0]}`;
  return { says: wrong.length === 0 ? 'fine' : 'alarm', detail };
}
