import { type Provision, type Provisioned, provision } from './provision.ts';

/** What the next scenario needs, made while the one before it is read and judged: its pods come up in that time. */
export interface Ahead {
  /** Begins with it, in the background. To be called where no load is measured. */
  prepare(next: Provision): void;
  /**
   * What was prepared for this scenario; undefined where nothing was. What was for another goes.
   *
   * @throws what kept it from being made.
   */
  take(name: string): Promise<Provisioned | undefined>;
  /** No scenario follows: what was prepared goes. What could not be taken away has the run's label, and goes with that. */
  drop(): Promise<void>;
}

export function preparing(make: (next: Provision) => Promise<Provisioned> = provision): Ahead {
  let prepared: { name: string; provisioned: Promise<Provisioned> } | undefined;

  async function drop(): Promise<void> {
    // One that failed has left nothing.
    const dropped = await prepared?.provisioned.catch(() => undefined);
    prepared = undefined;
    await Promise.resolve(dropped?.[Symbol.asyncDispose]()).catch(() => {});
  }

  return {
    drop,
    prepare(next) {
      if (prepared !== undefined) return;
      const provisioned = make(next);
      // Whoever takes it is told why it failed.
      provisioned.catch(() => {});
      prepared = { name: next.name, provisioned };
    },
    async take(name) {
      if (prepared?.name !== name) {
        await drop();
        return undefined;
      }
      const { provisioned } = prepared;
      prepared = undefined;
      return provisioned;
    },
  };
}
