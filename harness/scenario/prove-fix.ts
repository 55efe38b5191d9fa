import type { Proof } from '../history/types.ts';
import type { CauseVerdict, ScenarioVerdict } from '../report/verdict.ts';
import type { ScenarioDefinition } from './definition.ts';
import { type Amendment, amended } from './render.ts';

/** A scenario that tries the fix of another. */
export interface ProofStep {
  name: string;
  definition: ScenarioDefinition;
  proof: Proof;
}

/**
 * The runs that show what the proposed fixes of a failed scenario do, made on copies: first the patches alone, then, for
 * services of ours that need other code too, with the fixed image beside them. None where nothing is proposed.
 */
export function proofSteps(name: string, definition: ScenarioDefinition, verdict: ScenarioVerdict): ProofStep[] {
  const causes = verdict.causes.filter(({ cause }) => cause !== 'unattributed');
  const amendment = patchesOf(causes, definition);
  const { fixedImages } = definition.given;
  const steps: ProofStep[] = [];
  if (amendment.patches.length > 0) steps.push(step(name, 'with the patch', definition, amendment));
  if (fixedImages !== undefined && causes.length > 0) {
    const words = amendment.patches.length > 0 ? 'with the patch and the fixed image' : 'with the fixed image';
    steps.push(step(name, words, definition, { ...amendment, images: fixedImages }));
  }
  return steps;
}

function patchesOf(causes: CauseVerdict[], { given }: ScenarioDefinition): Amendment {
  const patches = new Map<string, Amendment['patches'][number]>();
  for (const { patch } of causes) {
    if (patch === undefined) continue;
    const name = patch.kind === 'Service' ? given.service : given.deployment;
    // Two causes may propose the same: once is enough.
    patches.set(JSON.stringify(patch), { kind: patch.kind, name, patch: patch.patch });
  }
  return { patches: [...patches.values()], images: {} };
}

function step(name: string, words: string, definition: ScenarioDefinition, amendment: Amendment): ProofStep {
  const { given, when } = definition;
  const { images, patches } = amendment;
  return {
    name: `${name}, ${words}`,
    definition: {
      ...definition,
      given: {
        ...given,
        amendment: amended(given.amendment, amendment),
        images: given.images.map((one) => renamedService(one, images)),
      },
      when: when.withImages?.(images) ?? when,
      expect: { verdict: 'any' },
    },
    proof: { of: name, words, patches: patches.map(({ kind, name, patch }) => ({ kind, name, patch })), images },
  };
}

/** The images of sample services are named after their folders. */
function renamedService<T extends { service: string }>(image: T, images: Record<string, string>): T {
  const renamed = images[`rollproof/${image.service}`];
  return renamed === undefined ? image : { ...image, service: renamed.replace(/^rollproof\//, '') };
}
