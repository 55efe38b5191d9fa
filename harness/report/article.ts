/** A claim of the article "Rolling Updates: Deploy Python Without Downtime". */
export interface ArticleClaim {
  /** Its number, which scenarios name: `claim(…, { article: 2 })`. */
  number: number;
  /** What the article says, in short. */
  text: string;
  /** What is true, where the claim is not. Told only when the measurement says that it does not hold as it stands. */
  instead?: string;
}

export const ARTICLE: readonly ArticleClaim[] = [
  {
    number: 1,
    text: '3 replicas, maxSurge 1, maxUnavailable 1: pods go 4, 3, 4, 3, 4, 3; at least 2 are active at all times',
    instead:
      'that sequence is what the ReplicaSets want; an old pod that is going still exists beside them, and ready pods lag behind',
  },
  {
    number: 2,
    text: '3 replicas, maxSurge 1, maxUnavailable 0: zero pods unavailable, zero dropped requests',
    instead: 'the strategy keeps the pods; whether requests are kept is up to how the app ends, and when it is told to',
  },
  {
    number: 3,
    text: '`kubectl set image`, `kubectl edit` and `kubectl patch` each trigger the same rolling update',
  },
  {
    number: 4,
    text: '`kubectl rollout status` shows progress; once it is complete, all pods run the new version',
    instead: 'it returns when the new pods are available: old ones still end, and may still answer',
  },
  {
    number: 5,
    text: 'on SIGTERM the app finishes requests in flight; readiness 503 takes the pod out of the Service before connections close',
    instead:
      "a pod leaves the Service because it is deleted, at the same moment at which it gets SIGTERM and whatever its probe says; the proxies follow later, and the app's handler cuts what then still comes",
  },
  {
    number: 6,
    text: '`rollout undo` restores the previous image within seconds, with no downtime',
    instead: 'it is one more rolling update: it takes as long as the way there, and drops what that dropped',
  },
  {
    number: 7,
    text: '`rollout history` lists revisions, `history --revision=2` shows one, `undo --to-revision=1` goes back to it',
    instead: 'going back uses the old ReplicaSet again under a new revision number: the old number is gone',
  },
  {
    number: 8,
    text: 'a new pod that fails readiness gets no traffic; the rollout pauses "or reverses"; old pods keep serving',
    instead: 'it stalls, and says ProgressDeadlineExceeded; it never reverses by itself: that takes `rollout undo`',
  },
  { number: 9, text: '`kubectl get pods --watch` shows ready and restart counts in real time' },
  {
    number: 10,
    text: 'canary: 9 stable + 1 canary behind one Service split 9 to 1; shift replicas until migrated, or abort',
    instead: 'the split is of connections, not of requests: kept connections stay where they were opened',
  },
  { number: 11, text: '`rollout pause` keeps the state as it is, `rollout resume` goes on' },
  {
    number: 12,
    text: 'blue-green switches "atomically", and is safer',
    instead:
      'the selector changes at one instant; the proxies follow after it, and kept connections stay with blue until it closes them',
  },
  {
    number: 13,
    text: '3 replicas, 1 unavailable, 30 s of start-up: 1 to 2 minutes; 100 replicas: 10 minutes or more',
    instead: 'it takes about as many start-ups as there are waves; percentages make the waves larger, not more',
  },
  {
    number: 14,
    text: '`--record` marks the rollout',
    instead: 'what is shown as CHANGE-CAUSE is the annotation kubernetes.io/change-cause: set that',
  },
  {
    number: 15,
    text: 'maxUnavailable 0 "guarantees at least one pod is always available"',
    instead:
      'it binds what the rollout takes away, and there it keeps all replicas, not one; it does not bind failing probes, evictions and deletions',
  },
  {
    number: 16,
    text: 'a strategic merge patch of only the image "avoids full rollouts"',
    instead: 'a changed template is a new ReplicaSet, whichever way it was changed: the same full roll',
  },
  {
    number: 17,
    text: '30 s of grace, then the pod is killed',
    instead: 'the 30 s begin with the deletion, and a preStop hook spends them too',
  },
  { number: 18, text: 'a stuck rollout is mended by a new image (roll forward)' },
  {
    number: 19,
    text: 'blue-green needs twice the resources',
    instead: 'twice the pods while both colours are up',
  },
  {
    number: 20,
    text: 'liveness probes guide the rollout',
    instead:
      'readiness does; a failing liveness probe restarts containers, and the rollout sees only what that does to readiness',
  },
];
