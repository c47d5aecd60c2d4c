/** Of the examples of an expensive property, `npm test` tries so many; `npm run test:deep` tries them all. */
const SHARE = 0.1;

/** `npm run test:deep`, which tries everything. */
export const isDeep = process.env.TEST_DEEP === "1";

/** How many examples of an expensive property to try. @param deep what `npm run test:deep` tries */
export function examples(deep: number): number {
  return isDeep ? deep : Math.ceil(deep * SHARE);
}

/**
 * The cases of an expensive, exhaustive test that are tried: every one in `npm run test:deep`, every n-th in `npm test`,
 * where the seed of the property tests says which comes first.
 */
export function sample<T>(cases: readonly T[], every: number): T[] {
  const first = Number(process.env.FC_SEED) % every;
  return isDeep ? [...cases] : cases.filter((_, i) => i % every === first);
}
