import fc from 'fast-check';

/**
 * fast-check, with the same cases each time: what a commit is judged by must not depend on the day. `FC_SEED=random` asks
 * for others, a number for those of that seed.
 */
const { FC_SEED = '1' } = process.env;
if (!/^(random|-?\d+)$/.test(FC_SEED)) throw new Error(`FC_SEED=${FC_SEED}: it has to be a whole number, or random`);
if (FC_SEED !== 'random') fc.configureGlobal({ seed: Number(FC_SEED) });

export default fc;
