/** The service that is never rolled: it proves that the cluster works, and carries the control lane. */
export const CONTROL = {
  manifests: 'control',
  image: { service: 'correct', version: '1.0.0' },
  namespace: 'rollproof-control',
  deployment: 'rollproof-control',
  service: 'rollproof-control',
} as const;
