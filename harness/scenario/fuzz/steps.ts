/** What is waited for before a step: so many seconds, or that everything before it has come to its end. */
export type Wait = number | 'settled';

/** One change to a Deployment, as plain data. */
export type Change =
  | { do: 'update'; version: string }
  | { do: 'rollback'; toRevision?: number }
  | { do: 'restart' }
  | { do: 'pause' }
  | { do: 'resume' }
  | { do: 'scale'; replicas: number }
  | { do: 'delete-pods'; count: number };

/** A step of a sequence: the wait after the one before it, and the change. */
export type Step = Change & { after: Wait };

/** What a sequence begins with. */
export interface Beginning {
  replicas: number;
  /** Versions of the image that there are. The first one runs. */
  versions: string[];
}
