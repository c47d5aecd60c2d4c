import RandExp from "randexp";
import { isObject } from "../../../../contract/json";

/**
 * Gives each text with a pattern, and without an example, a value that matches, because the sampler takes none of its
 * own for patterns. A pattern with look-around may have none.
 */
export function addPatternSamples(description: unknown): void {
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const schema = value as { pattern?: unknown; example?: unknown };
    if (typeof schema.pattern === "string" && isObject(value) && !GIVEN.some((key) => key in value)) {
      const found = sampleOf(schema.pattern, value.minLength, value.maxLength);
      if (found !== undefined) schema.example = found;
    }
    Object.values(value).forEach(visit);
  };
  visit(description);
}

/** What the sampler takes first. */
const GIVEN = ["example", "examples", "enum", "const", "default"];

function sampleOf(pattern: string, minLength: unknown, maxLength: unknown): string | undefined {
  const from = typeof minLength === "number" ? minLength : 0;
  const to = typeof maxLength === "number" ? maxLength : Infinity;
  try {
    const expression = new RegExp(pattern);
    // The fewest repetitions, else enough for the length.
    for (const repetitions of [0, 1, from]) {
      const generator = new RandExp(expression);
      generator.max = Math.max(repetitions, 1);
      generator.randInt = (low, high) => Math.min(high, low + repetitions);
      const value = generator.gen();
      if (expression.test(value) && value.length >= from && value.length <= to) return value;
    }
  } catch {
    // Not a regular expression of JavaScript.
  }
  return undefined;
}
