import type { KubeObject, Nanos } from '../history/types.ts';

/** One state to be written down. */
export interface Sight {
  verb: 'listed' | 'added' | 'modified' | 'deleted';
  object: KubeObject;
}

/** A list of one kind, at one resourceVersion. */
export interface ObjectList {
  version: string;
  items: KubeObject[];
}

/** What was seen of one kind: by it a second sight of a state is told from a new one, and a list from what was watched. */
export interface KnownObjects {
  /** Undefined where the state was seen before. */
  event(verb: 'added' | 'modified' | 'deleted', object: KubeObject, t: Nanos): Sight | undefined;
  /** What a list shows that was not known. */
  listed(list: ObjectList, t: Nanos): Sight[];
  /** What a list has, or has no more, and nothing showed; with the time at which the object was last seen, if ever. */
  unseen(list: ObjectList): { what: string; since: Nanos | undefined }[];
}

/** Keyed by uid: what is deleted and made anew under the same name is another object. */
export function knownObjects(): KnownObjects {
  const present = new Map<string, { object: KubeObject; t: Nanos }>();
  const gone = new Set<string>();

  function take(verb: Sight['verb'], object: KubeObject, t: Nanos): Sight {
    const uid = uidOf(object);
    if (verb === 'deleted') {
      present.delete(uid);
      gone.add(uid);
    } else present.set(uid, { object, t });
    return { verb, object };
  }

  const isKnown = (object: KubeObject) =>
    gone.has(uidOf(object)) || present.get(uidOf(object))?.object.metadata?.resourceVersion === versionOf(object);

  return {
    event(verb, object, t) {
      const again = verb === 'deleted' ? gone.has(uidOf(object)) : isKnown(object);
      return again ? undefined : take(verb, object, t);
    },
    listed({ items }, t) {
      const uids = new Set(items.map(uidOf));
      const names = new Set(items.map(nameOf));
      const missing = [...present.values()].map(({ object }) => object).filter((object) => !uids.has(uidOf(object)));
      // The order in which it came to be is not known. An object goes before its successor of the same name; else what is
      // gone goes last, so that no count falls that may never have fallen.
      const replaced = missing.filter((object) => names.has(nameOf(object)));
      const removed = missing.filter((object) => !names.has(nameOf(object)));
      return [
        ...replaced.map((object) => take('deleted', object, t)),
        ...items.filter((item) => !isKnown(item)).map((item) => take('listed', item, t)),
        ...removed.map((object) => take('deleted', object, t)),
      ];
    },
    unseen({ version, items }) {
      const uids = new Set(items.map(uidOf));
      const states = items.flatMap((item) => {
        const known = present.get(uidOf(item));
        if (gone.has(uidOf(item)) || (known && notBefore(versionOf(known.object), versionOf(item)))) return [];
        return [{ what: `${nameOf(item)} at ${versionOf(item)}`, since: known?.t }];
      });
      const ends = [...present.values()].flatMap(({ object, t }) => {
        const newer = notBefore(versionOf(object), version) && versionOf(object) !== version;
        return uids.has(uidOf(object)) || newer ? [] : [{ what: `the end of ${nameOf(object)}`, since: t }];
      });
      return [...states, ...ends];
    },
  };
}

/**
 * resourceVersions of one kind are whole numbers that only grow: Kubernetes promises it as of 1.35 (KEP-5504), and etcd's
 * revisions have always been so. Of others only equality is known.
 */
export function notBefore(a: string, b: string): boolean {
  if (!(NUMBER.test(a) && NUMBER.test(b))) return a === b;
  return BigInt(a) >= BigInt(b);
}

const NUMBER = /^\d+$/;
const uidOf = ({ metadata }: KubeObject) => metadata?.uid ?? '';
const nameOf = ({ metadata }: KubeObject) => metadata?.name ?? '';
const versionOf = ({ metadata }: KubeObject) => metadata?.resourceVersion ?? '';
