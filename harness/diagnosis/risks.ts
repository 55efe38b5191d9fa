import { fenceposts } from '../checks/fenceposts.ts';
import { deploymentOf, servingContainer } from '../history/objects.ts';
import type { KubeObject } from '../history/types.ts';
import { type CauseName, FIXES } from './catalogue.ts';
import { containerFacts, type TemplateShape } from './facts.ts';

/** What manifests give away before anything runs: a reason that drops may have. It is a risk, never a verdict. */
export interface Risk {
  /** Of the catalogue; undefined where the Service reaches no pod at all, or others, or not all of them. */
  cause: CauseName | undefined;
  /** "Deployment web", and the field in it. */
  object: string;
  field: string;
  words: string;
  fix: string;
}

/**
 * What can be seen in the manifests of a Deployment and the Service in front of it.
 *
 * @param all every manifest that is applied: a selector may reach others too
 */
export function risksOf(all: KubeObject[], names: { deployment: string; service: string }): Risk[] {
  const find = (kind: string, name: string) => all.find((one) => one.kind === kind && one.metadata?.name === name);
  const deployment = find('Deployment', names.deployment);
  const service = find('Service', names.service);
  if (deployment === undefined) return [];
  return [
    ...strategyRisks(deployment),
    ...podRisks(deployment),
    ...(service === undefined ? [] : serviceRisks(service, deployment, all)),
  ];
}

interface Probe {
  httpGet?: { path?: string; port?: number | string };
  tcpSocket?: { port?: number | string };
  timeoutSeconds?: number;
  periodSeconds?: number;
  failureThreshold?: number;
}

interface Container {
  name: string;
  command?: string[];
  args?: string[];
  ports?: { name?: string; containerPort: number }[];
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop?: { sleep?: { seconds?: number }; exec?: { command?: string[] }; httpGet?: object } };
}

interface Template {
  metadata?: { labels?: Record<string, string> };
  spec?: Omit<TemplateShape, 'containers'> & {
    containers?: Container[];
    initContainers?: (Container & { restartPolicy?: string })[];
  };
}

const nameOf = ({ kind, metadata }: KubeObject) => `${kind} ${metadata?.name}`;
const templateOf = ({ spec }: KubeObject): Template => (spec as { template?: Template } | undefined)?.template ?? {};

function strategyRisks(deployment: KubeObject): Risk[] {
  const state = deploymentOf(deployment);
  const object = nameOf(deployment);
  if (state.strategy === 'Recreate')
    return [
      {
        cause: 'strategy-recreate',
        object,
        field: 'spec.strategy.type',
        words: 'Recreate takes every pod down before it makes a new one: an outage in each update',
        fix: 'strategy RollingUpdate',
      },
    ];
  const { unavailable } = fenceposts(state);
  // Of none, none can be taken.
  if (state.replicas === 0 || state.replicas - unavailable > 0) return [];
  return [
    {
      cause: 'single-replica-unavailable',
      object,
      field: 'spec.strategy.rollingUpdate.maxUnavailable',
      words: `of ${state.replicas} replica${state.replicas === 1 ? '' : 's'} all may be taken down at once: nothing is left to answer`,
      fix: 'maxSurge 1 and maxUnavailable 0, and two replicas or more',
    },
  ];
}

function podRisks(deployment: KubeObject): Risk[] {
  const template = templateOf(deployment);
  const container = servingContainer(template.spec?.containers ?? [], []);
  if (container === undefined) return [];
  const object = nameOf(deployment);
  const at = (field: string) => `spec.template.spec.containers[${container.name}].${field}`;
  const fixOf = (cause: Exclude<CauseName, 'unattributed'>) =>
    FIXES[cause]({
      container: containerFacts(template.spec),
      lagMs: 0,
      longestMs: 0,
      settleMs: 0,
      service: { headless: false, localTraffic: undefined, switches: [] },
    }).text;
  const risk = (cause: Exclude<CauseName, 'unattributed'>, field: string, words: string): Risk => ({
    cause,
    object,
    field: at(field),
    words,
    fix: fixOf(cause),
  });
  const { readinessProbe, livenessProbe, lifecycle, command = [], args = [] } = container;
  const preStop = lifecycle?.preStop;
  const grace = template.spec?.terminationGracePeriodSeconds ?? 30;
  const sleep = preStop?.sleep?.seconds ?? 0;
  const minReady = deploymentOf(deployment).minReadySeconds;
  return [
    ...(readinessProbe === undefined
      ? [
          risk(
            'no-readiness-probe',
            'readinessProbe',
            'without a readiness probe a pod gets requests as soon as its container runs',
          ),
        ]
      : []),
    ...(preStop === undefined
      ? [
          risk(
            'endpoint-lag',
            'lifecycle.preStop',
            'nothing waits before SIGTERM: proxies go on sending new connections for a moment',
          ),
        ]
      : []),
    ...(preStop?.exec !== undefined && /\b(sleep|sh|bash)\b/.test((preStop.exec.command ?? []).join(' '))
      ? [
          risk(
            'prestop-failed',
            'lifecycle.preStop.exec',
            `"${(preStop.exec.command ?? []).join(' ')}" needs a program that the image may not have; where it fails, nothing waits`,
          ),
        ]
      : []),
    ...(grace - sleep < LEAST_TO_DRAIN
      ? [
          {
            ...risk(
              'grace-too-short',
              '',
              `${grace} s of grace, of which the preStop sleep takes ${sleep}: ${Math.max(0, grace - sleep)} s are left to finish requests`,
            ),
            field: 'spec.template.spec.terminationGracePeriodSeconds',
          },
        ]
      : []),
    ...(isShell(command) && !/\bexec\b/.test([...command, ...args].join(' '))
      ? [
          risk(
            'sigterm-ignored',
            'command',
            'a shell is the first process: it has no handler for SIGTERM, and hands none on',
          ),
        ]
      : []),
    ...(readinessProbe !== undefined &&
    (readinessProbe.timeoutSeconds ?? 1) <= 1 &&
    (readinessProbe.failureThreshold ?? 3) <= 1
      ? [
          risk(
            'probe-timeout-under-load',
            'readinessProbe',
            'one answer of the probe that takes longer than 1 s takes the pod out of the endpoints',
          ),
        ]
      : []),
    ...livenessRisks(livenessProbe, readinessProbe, risk),
    ...(minReady === 0
      ? [
          {
            ...risk(
              'settles-too-soon',
              '',
              'a pod that was ready once counts as available at once: one that crashes a second later has cost an old one already',
            ),
            field: 'spec.minReadySeconds',
          },
        ]
      : []),
  ];
}

/** Seconds that an app should have between SIGTERM and SIGKILL. */
const LEAST_TO_DRAIN = 10;

const isShell = (command: string[]): boolean => /(^|\/)(ba|da|a)?sh$/.test(command[0] ?? '') && command.includes('-c');

function livenessRisks(
  liveness: Probe | undefined,
  readiness: Probe | undefined,
  risk: (cause: 'liveness-kills-under-load', field: string, words: string) => Risk,
): Risk[] {
  if (liveness === undefined) return [];
  const patience = (liveness.periodSeconds ?? 10) * (liveness.failureThreshold ?? 3);
  const same = liveness.httpGet?.path !== undefined && liveness.httpGet.path === readiness?.httpGet?.path;
  const why = [
    ...(patience < LEAST_PATIENCE ? [`gives up after ${patience} s`] : []),
    ...(same ? [`asks the path of the readiness probe (${liveness.httpGet?.path})`] : []),
  ];
  return why.length === 0
    ? []
    : [
        risk(
          'liveness-kills-under-load',
          'livenessProbe',
          `it ${why.join(' and ')}: a pod that is only busy is restarted`,
        ),
      ];
}

/** Seconds of failing probes after which a container is killed. */
const LEAST_PATIENCE = 15;

interface ServiceSpec {
  clusterIP?: string;
  selector?: Record<string, string>;
  ports?: { name?: string; port: number; targetPort?: number | string }[];
  externalTrafficPolicy?: string;
  internalTrafficPolicy?: string;
  publishNotReadyAddresses?: boolean;
  sessionAffinity?: string;
}

function serviceRisks(service: KubeObject, deployment: KubeObject, all: KubeObject[]): Risk[] {
  const spec = (service.spec ?? {}) as ServiceSpec;
  const object = nameOf(service);
  const local = (['externalTrafficPolicy', 'internalTrafficPolicy'] as const).find((field) => spec[field] === 'Local');
  return [
    ...selectorRisks(service, deployment, all),
    ...portRisks(service, deployment),
    ...(spec.clusterIP === 'None'
      ? [
          {
            cause: 'headless-dns' as const,
            object,
            field: 'spec.clusterIP',
            words: 'its name resolves to pods: clients keep addresses of pods that are gone',
            fix: 'a Service with a ClusterIP',
          },
        ]
      : []),
    ...(local === undefined
      ? []
      : [
          {
            cause: 'local-traffic-policy' as const,
            object,
            field: `spec.${local}`,
            words: 'a node without a ready pod drops what comes to it, and each update moves pods',
            fix: `${local} Cluster, or pods on every node that takes traffic`,
          },
        ]),
    ...(spec.sessionAffinity === 'ClientIP'
      ? [
          {
            cause: undefined,
            object,
            field: 'spec.sessionAffinity',
            words:
              'each client is led to one pod: what is lost at another one’s end, a load from one address never sees',
            fix: 'sessionAffinity None, or loads from several addresses',
          },
        ]
      : []),
    ...(spec.publishNotReadyAddresses === true
      ? [
          {
            cause: 'no-readiness-probe' as const,
            object,
            field: 'spec.publishNotReadyAddresses',
            words: 'pods get requests before they are ready, and after they are not',
            fix: 'leave publishNotReadyAddresses out',
          },
        ]
      : []),
  ];
}

function selectorRisks(service: KubeObject, deployment: KubeObject, all: KubeObject[]): Risk[] {
  const { selector } = (service.spec ?? {}) as ServiceSpec;
  const object = nameOf(service);
  const field = 'spec.selector';
  if (selector === undefined || Object.keys(selector).length === 0)
    return [
      {
        cause: undefined,
        object,
        field,
        words: 'it has no selector: its endpoints are nobody’s that is rolled',
        fix: 'a selector that the Deployment’s pods match',
      },
    ];
  const matches = (labels: Record<string, string> = {}) =>
    Object.entries(selector).every(([name, value]) => labels[name] === value);
  if (!matches(templateOf(deployment).metadata?.labels))
    return [
      {
        cause: undefined,
        object,
        field,
        words: `it selects ${tell(selector)}, and the pods of ${nameOf(deployment)} are ${tell(templateOf(deployment).metadata?.labels)}: none is reached`,
        fix: 'the same labels in both',
      },
    ];
  const others = all.filter(
    (one) => one !== deployment && WORKLOADS.has(one.kind ?? '') && matches(templateOf(one).metadata?.labels),
  );
  return others.length === 0
    ? []
    : [
        {
          cause: undefined,
          object,
          field,
          words: `it selects the pods of ${others.map(nameOf).join(', ')} too`,
          fix: 'a label that only these pods have; or, for a canary or blue-green, name them in `others`',
        },
      ];
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);

const tell = (labels: Record<string, string> = {}) =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',') || 'without labels';

function portRisks(service: KubeObject, deployment: KubeObject): Risk[] {
  const { ports = [] } = (service.spec ?? {}) as ServiceSpec;
  const { containers = [], initContainers = [] } = templateOf(deployment).spec ?? {};
  // One that is restarted always runs beside the others, and Kubernetes looks a port's name up in it too.
  const running = [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')];
  const declared = running.flatMap((one) => one.ports ?? []);
  return ports.flatMap(({ port, targetPort = port }, index) => {
    const known = declared.some((one) => one.containerPort === targetPort || one.name === targetPort);
    // A number need not be declared to be listened on; where ports are declared, one that is missing is a slip.
    if (known || (typeof targetPort === 'number' && declared.length === 0)) return [];
    return [
      {
        cause: undefined,
        object: nameOf(service),
        field: `spec.ports[${index}].targetPort`,
        // A name is looked up in what the pods declare, and nowhere else.
        words: `${targetPort} is none of the ports that the pods declare (${declared.map(({ name, containerPort }) => name ?? containerPort).join(', ') || 'none'})${typeof targetPort === 'string' ? ': none is reached' : ''}`,
        fix: 'a targetPort that a container listens on',
      },
    ];
  });
}
