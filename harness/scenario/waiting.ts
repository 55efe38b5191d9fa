import type { KubeObject } from '../history/types.ts';

/** Why a pod does not run yet. */
export interface Waiting {
  /** "container app: ImagePullBackOff: Back-off pulling image "web:3"". */
  words: string;
  /** Waiting for longer changes nothing: somebody has to change the manifests, or what they name. */
  hopeless: boolean;
}

interface ContainerStatus {
  name?: string;
  state?: { waiting?: { reason?: string; message?: string } };
  lastState?: { terminated?: { exitCode?: number; reason?: string } };
}

interface PodStatus {
  conditions?: { type: string; status: string; reason?: string; message?: string }[];
  initContainerStatuses?: ContainerStatus[];
  containerStatuses?: ContainerStatus[];
}

/** The kubelet's reasons that do not go away by themselves. */
const HOPELESS: ReadonlySet<string> = new Set([
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
]);

/** What a container that has not begun at all is said to be: it tells nobody anything. */
const USUAL: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);

const MOST_WORDS = 240;

export function waitingOf(object: KubeObject): Waiting | undefined {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = (object.status ?? {}) as PodStatus;
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled !== undefined) return said(unscheduled.reason ?? 'Unschedulable', unscheduled.message, '');
  const all = [...initContainerStatuses, ...containerStatuses];
  const held = all.find(({ state }) => !USUAL.has(state?.waiting?.reason ?? 'ContainerCreating'));
  if (held === undefined) return undefined;
  const { reason = '', message } = held.state?.waiting ?? {};
  const exit = held.lastState?.terminated?.exitCode;
  const words = reason === 'CrashLoopBackOff' && exit !== undefined ? `it ended with exit code ${exit}` : message;
  return said(reason, words, `container ${held.name}: `);
}

function said(reason: string, message: string | undefined, subject: string): Waiting {
  const line = message === undefined || message === '' ? '' : `: ${message.trim().replace(/\s+/g, ' ')}`;
  const words = `${subject}${reason}${line}`;
  return {
    words: words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS).toWellFormed()}…` : words,
    hopeless: HOPELESS.has(reason),
  };
}
