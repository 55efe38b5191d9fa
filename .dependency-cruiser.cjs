/**
 * What each folder of harness/ may import. Data flows one way: cli → scenario → everything else; recorders, checks,
 * diagnosis and report → history. The exceptions stand here, where they are visible.
 */
const folder = (name) => `^harness/${name}/`;

/** folder → the other folders of harness/ that it may import (its own files and harness/errors.ts always). */
const may = {
  history: [],
  cluster: [],
  drivers: ['cluster', 'history'],
  load: ['cluster', 'history'],
  recorders: ['cluster', 'history'],
  checks: ['history'],
  diagnosis: ['history', 'checks'],
  report: ['history', 'checks', 'diagnosis'],
  scenario: ['cluster', 'drivers', 'load', 'recorders', 'checks', 'diagnosis', 'report', 'history'],
  cli: ['scenario', 'cluster', 'report', 'history', 'recorders'],
};

const PURE = ['history', 'checks', 'diagnosis'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(may).map(([name, others]) => ({
      name: `imports-of-${name}`,
      severity: 'error',
      from: { path: folder(name), pathNot: '\\.test\\.ts$' },
      to: { path: '^harness/', pathNot: [name, ...others].map(folder).concat('^harness/errors\\.ts$') },
    })),
    {
      name: 'pure-folders-touch-nothing',
      comment: 'Judgement is repeatable: no network, no file, no timer, no clock.',
      severity: 'error',
      from: { path: PURE.map(folder), pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-folders-use-few-packages',
      severity: 'error',
      from: { path: PURE.map(folder), pathNot: ['\\.test\\.ts$', 'testing\\.ts$'] },
      to: { dependencyTypes: ['npm', 'npm-dev'], pathNot: 'node_modules/(hdr-histogram-js|zod)/' },
    },
    {
      name: 'scenarios-only-use-the-authoring-api',
      severity: 'error',
      from: { path: '^scenarios/' },
      to: { path: '^harness/', pathNot: '^harness/index\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['rollproof-source', 'import', 'node', 'default'], exportsFields: ['exports'] },
  },
};
