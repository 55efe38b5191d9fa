import { type Provision, type Provisioned, provision } from './provision.ts';

/** Which scenario it is for. */
type Next = Omit<Provision, 'signal'>;

/** What the next scenario needs, made while the one before it is read and judged: its pods come up in that time. */
export interface Ahead {
  /** Begins with it, in the background. To be called where no load is measured. */
  prepare(next: Next): void;
  /**
   * What was prepared for this scenario; undefined where nothing was. What was for another goes.
   *
   * @param signal ends the making of it, where that still goes on
   * @throws what kept it from being made.
   */
  take(name: string, signal: AbortSignal): Promise<Provisioned | undefined>;
  /** No scenario follows: what was prepared goes. What could not be taken away has the run's label, and goes with that. */
  drop(): Promise<void>;
}

export function preparing(make: (next: Provision) => Promise<Provisioned> = provision): Ahead {
  let prepared: { name: string; provisioned: Promise<Provisioned>; making: AbortController } | undefined;

  async function drop(): Promise<void> {
    prepared?.making.abort(new Error('it is not needed'));
    // One that failed has left nothing.
    const dropped = await prepared?.provisioned.catch(() => undefined);
    prepared = undefined;
    await Promise.resolve(dropped?.[Symbol.asyncDispose]()).catch(() => {});
  }

  return {
    drop,
    prepare(next) {
      if (prepared !== undefined) return;
      const making = new AbortController();
      const provisioned = make({ ...next, signal: making.signal });
      // Whoever takes it is told why it failed.
      provisioned.catch(() => {});
      prepared = { name: next.name, provisioned, making };
    },
    async take(name, signal) {
      if (prepared?.name !== name) {
        await drop();
        return undefined;
      }
      const { provisioned, making } = prepared;
      prepared = undefined;
      const stop = () => making.abort(signal.reason);
      signal.addEventListener('abort', stop);
      try {
        return await provisioned;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
