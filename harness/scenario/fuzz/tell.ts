import type { Step } from './steps.ts';

/** Steps as numbered lines: " 3. 1.4 s later: scale to 5". */
export function tellSteps(steps: Step[]): string {
  const width = String(steps.length).length;
  return steps.map((step, index) => `${String(index + 1).padStart(width + 1)}. ${tellStep(step, index)}`).join('\n');
}

function tellStep(step: Step, index: number): string {
  const when = step.after === 'settled' ? 'once settled: ' : `${step.after} s later: `;
  return `${index === 0 ? '' : when}${tellChange(step)}`;
}

function tellChange(step: Step): string {
  switch (step.do) {
    case 'update':
      return `update to ${step.version}`;
    case 'rollback':
      return step.toRevision === undefined ? 'rollback' : `rollback to revision ${step.toRevision}`;
    case 'scale':
      return `scale to ${step.replicas}`;
    case 'delete-pods':
      return step.count === 1 ? 'delete a pod' : `delete ${step.count} pods`;
    default:
      return step.do;
  }
}

/** Steps as a literal of TypeScript, one a line. */
export function literalOf(steps: Step[]): string {
  const lines = steps.map((step) => {
    const fields = Object.entries(step).map(
      ([key, value]) => `${key}: ${typeof value === 'string' ? `'${value}'` : value}`,
    );
    return `  { ${fields.join(', ')} },`;
  });
  return ['[', ...lines, ']'].join('\n');
}
