import { eventTime, servingContainer, targetPorts } from '../history/objects.ts';
import { objectsOf, type ScenarioHistory, servicesSeen } from '../history/select.ts';
import type { KubeObject, Nanos } from '../history/types.ts';

export interface EventFact {
  t: Nanos;
  id: string;
  /** Of the event: one that is told again with a higher count keeps it. */
  uid: string;
  /** "Normal" or "Warning". */
  type: string;
  /** Kind and name of the object that it is about. */
  kind: string;
  about: string;
  reason: string;
  message: string;
  /** Of the pod, where the event is about one of its containers; else empty. */
  container: string;
}

export interface ServiceFacts {
  headless: boolean;
  /** The field by which only local endpoints take traffic. */
  localTraffic: 'externalTrafficPolicy' | 'internalTrafficPolicy' | undefined;
  /** Each change of its selector after the first state seen. */
  switches: { t: Nanos; selector: Record<string, string> }[];
}

/** The container that the Service's requests go to, as the Deployment's template has it. */
export interface ContainerFacts {
  name: string;
  port?: number;
  preStopSleep?: number;
  /** A preStop hook of another kind: a patch has to take it away. */
  otherPreStop?: 'exec' | 'httpGet';
  gracePeriodSeconds: number;
  readiness?: ProbeFacts;
  liveness?: ProbeFacts;
}

export interface ProbeFacts {
  timeoutSeconds?: number;
  failureThreshold?: number;
}

export function serviceOf(history: ScenarioHistory): ServiceFacts {
  const facts: ServiceFacts = { headless: false, localTraffic: undefined, switches: [] };
  let selector: string | undefined;
  for (const one of servicesSeen(history)) {
    const spec = (one.object.spec ?? {}) as {
      clusterIP?: string;
      externalTrafficPolicy?: string;
      internalTrafficPolicy?: string;
      selector?: Record<string, string>;
    };
    facts.headless = spec.clusterIP === 'None';
    facts.localTraffic = (['externalTrafficPolicy', 'internalTrafficPolicy'] as const).find(
      (field) => spec[field] === 'Local',
    );
    const text = JSON.stringify(spec.selector ?? {});
    if (selector !== undefined && text !== selector) facts.switches.push({ t: one.t, selector: spec.selector ?? {} });
    selector = text;
  }
  return facts;
}

/** The container that the Service calls, as the Deployment last had it. */
export function containerOf(history: ScenarioHistory): ContainerFacts {
  const { deployment } = history.started?.workload ?? {};
  const last = objectsOf(history, 'Deployment').findLast(({ name }) => name === deployment);
  const spec = last?.object.spec as { template?: { spec?: TemplateShape } } | undefined;
  return containerFacts(spec?.template?.spec, targetPorts(servicesSeen(history)[0]?.object.spec));
}

/** The same of a pod template's spec. */
export function containerFacts(pod: TemplateShape | undefined, targets: (number | string)[] = []): ContainerFacts {
  const one = servingContainer(pod?.containers ?? [], targets);
  const port = one?.ports?.[0]?.containerPort;
  const preStop = one?.lifecycle?.preStop;
  const sleep = preStop?.sleep?.seconds;
  const other = (['exec', 'httpGet'] as const).find((kind) => preStop?.[kind] !== undefined);
  return {
    name: one?.name ?? 'app',
    ...(port === undefined ? {} : { port }),
    ...(sleep === undefined ? {} : { preStopSleep: sleep }),
    ...(other === undefined ? {} : { otherPreStop: other }),
    gracePeriodSeconds: pod?.terminationGracePeriodSeconds ?? 30,
    ...(one?.readinessProbe === undefined ? {} : { readiness: one.readinessProbe }),
    ...(one?.livenessProbe === undefined ? {} : { liveness: one.livenessProbe }),
  };
}

export interface TemplateShape {
  terminationGracePeriodSeconds?: number;
  containers?: ContainerShape[];
}

interface ContainerShape {
  name: string;
  ports?: { name?: string; containerPort: number }[];
  lifecycle?: { preStop?: { sleep?: { seconds?: number }; exec?: object; httpGet?: object } };
  readinessProbe?: ProbeFacts;
  livenessProbe?: ProbeFacts;
}

/** What the kubelet and the controllers said. */
export function eventsOf(history: ScenarioHistory): EventFact[] {
  return objectsOf(history, 'Event')
    .filter(({ verb }) => verb !== 'deleted')
    .map((one) => {
      const { id, uid, object } = one;
      const t = eventTime(one, history.epochMs);
      const {
        type = '',
        reason = '',
        message = '',
        involvedObject,
      } = object as KubeObject & {
        type?: string;
        reason?: string;
        message?: string;
        involvedObject?: { kind?: string; name?: string; fieldPath?: string };
      };
      const { kind = '', name: about = '', fieldPath = '' } = involvedObject ?? {};
      const [, container = ''] = /^spec\.\w+\{(.*)\}$/.exec(fieldPath) ?? [];
      return { t, id, uid, type, kind, about, reason, message, container };
    });
}
