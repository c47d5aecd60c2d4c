/** Of the examples of an expensive property, `npm test` tries so many; `npm run test:deep` tries them all. */
const SHARE = 0.25;

/** How many examples of an expensive property to try. @param deep what `npm run test:deep` tries */
export function examples(deep: number): number {
  return process.env.TEST_DEEP === "1" ? deep : Math.ceil(deep * SHARE);
}
