import type { StartedCluster } from '../cluster/kind.ts';
import type { NewObservation, Observation, Workload } from '../history/types.ts';
import { logsByApi } from '../recorders/api-logs.ts';
import type { Clock } from '../recorders/clock.ts';
import { type StartedFlows, startFlows } from '../recorders/flows.ts';
import { startHeartbeat } from '../recorders/heartbeat.ts';
import type { HistoryWriter } from '../recorders/history-writer.ts';
import { type ContainerLog, startLogs } from '../recorders/logs.ts';
import { startNodeImages } from '../recorders/node-images.ts';
import { startNodeServices } from '../recorders/node-services.ts';
import { startProbes } from '../recorders/probes.ts';
import { startProcesses } from '../recorders/processes.ts';
import { redactor } from '../recorders/redact.ts';
import { startRuntime } from '../recorders/runtime.ts';
import { startSecondWitness } from '../recorders/second-witness.ts';
import { startSelfWatch } from '../recorders/self.ts';
import { startWatches } from '../recorders/watch.ts';
import { CONTROL } from './control-service.ts';

/** Has kubectl watch beside us, to prove that nothing is missing; it costs a process for each kind. */
const WITNESSED = process.env.ROLLPROOF_SECOND_WITNESS === '1';

export interface RecordingOptions {
  cluster: StartedCluster;
  workload: Workload;
  /** On what it creates. */
  labels: Record<string, string>;
  clock: Clock;
  history: HistoryWriter;
}

/** Everything that writes down what happens, but the load's own records. */
export interface StartedRecording extends AsyncDisposable {
  /** Reads the services' logs up to now. */
  collectLogs(): Promise<void>;
  /** To be called before the load begins: from then on each connection to the address is tracked. */
  trackConnections(address: string): Promise<void>;
  /** For how long the apiserver has not answered, milliseconds; 0 where nobody asks it. */
  silentMs(): number;
  /** What the containers wrote, without tokens and without values of environment variables. */
  containerLogs(): Promise<ContainerLog[]>;
  /** Ends every recorder and reads what is only read at the end. Nothing is written afterwards. */
  finish(): Promise<void>;
}

export async function startRecording({
  cluster,
  workload,
  labels,
  clock,
  history,
}: RecordingOptions): Promise<StartedRecording> {
  const { namespace } = workload;
  // What has begun is ended again where something after it can't begin.
  await using begun = new AsyncDisposableStack();
  const append = (observation: NewObservation) => void history.append(observation);
  const common = { cluster, clock, append };
  const logs = startLogs({ ...common, namespace });
  const runtime = startRuntime(common);
  const images = startNodeImages(common);
  const collectServices = startNodeServices(common);
  const processes = startProcesses(common);
  const probes = startProbes(common);
  begun.defer(() => probes.stop());
  const seen: Observation[] = [];
  const reachesNodes = cluster.nodes.length > 0;
  const onNodes = reachesNodes ? [logs, runtime, processes, probes, images] : [];
  if (!reachesNodes)
    append({
      type: 'action',
      t: clock.now(),
      action: 'nodes',
      detail: 'the nodes are out of reach: no connections, no instants of SIGTERM and exit, no logs are read from them',
      ok: false,
    });
  // Only the workload's own pods: the control service's are watched for their events alone.
  const see = (observation: Observation) => {
    if (WITNESSED) seen.push(observation);
    for (const recorder of onNodes) recorder.see(observation);
  };
  history.onAppend(see);
  const redact = redactor();
  const watching = { api: cluster.api, clock, redact, append };
  const watches = await startWatches({ ...watching, namespace });
  begun.defer(() => watches.stop());
  // What the kubelet says of a pod that nobody rolls: what it shares with the workload is the machine's.
  const controlWatch = reachesNodes
    ? await startWatches({ ...watching, namespace: CONTROL.namespace, kinds: ['Event'] })
    : undefined;
  begun.defer(async () => controlWatch?.stop());
  const heartbeat = await startHeartbeat({ api: cluster.api, namespace, labels, clock, append });
  begun.defer(() => heartbeat.stop());
  const stopSelf = startSelfWatch(clock, append, { watchLagMs: heartbeat.takeLagMs });
  const witness = WITNESSED ? startSecondWitness({ ...common, namespace }) : undefined;
  let flows: StartedFlows | undefined;

  async function stop(): Promise<void> {
    stopSelf();
    await witness?.stop();
    const ends = [heartbeat, watches, controlWatch, probes, flows].map((recorder) => recorder?.stop());
    await Promise.all([...ends, reachesNodes ? processes.finish() : undefined]);
  }

  begun.move();
  return {
    collectLogs: () => logs.collect(),
    silentMs: heartbeat.silentMs,
    async containerLogs() {
      const all = reachesNodes ? await logs.texts() : await logsByApi(cluster.api, namespace);
      return all.map((log) => ({ ...log, text: redact.text(log.text) }));
    },
    async trackConnections(address) {
      if (!reachesNodes) return;
      flows = await startFlows({ ...common, node: cluster.nodes[0]!, service: address });
    },
    async finish() {
      await stop();
      witness?.finish(seen);
      if (!reachesNodes) return;
      await logs.finish();
      await runtime.collect();
      await Promise.all([collectServices(), images.collect()]);
    },
    [Symbol.asyncDispose]: stop,
  };
}
