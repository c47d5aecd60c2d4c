import { JsonSyntaxError, parseJsonSource } from "./json-source";
import { faultAt, type EnvironmentFault } from "./faults";

/** What a JSON file holds, or why it cannot be read. */
export type ReadJson = { readonly value: unknown; readonly faults: readonly EnvironmentFault[] };

/** Reads JSON, and finds what `JSON.parse` would not say: the place, and keys of which only the last one counts. */
export function readJson(file: string, text: string): ReadJson {
  const fault = (given: string, allowed: string, fix: string, path = "") =>
    faultAt(file, path, { given, allowed, fix });
  const nothing = (given: string, allowed: string, fix: string): ReadJson => {
    return { value: undefined, faults: [fault(given, allowed, fix)] };
  };
  if (text.includes("\uFFFD")) {
    return nothing("bytes that are not UTF-8", "JSON in UTF-8", "save the file as UTF-8");
  }
  if (text.startsWith("\uFEFF")) {
    const given = "a byte order mark in front";
    return nothing(given, "JSON in UTF-8 without one", "save the file as UTF-8 without BOM");
  }
  if (text.trim() === "") {
    return nothing("an empty file", "an environment as JSON", "remove it; automock init writes one");
  }
  try {
    const { value, duplicateKeys } = parseJsonSource(text);
    return {
      value,
      faults: duplicateKeys.map((path) =>
        fault("a duplicate key", "each key once", "remove one of the two", path.join(".")),
      ),
    };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { line, column } = error.position;
    const excerpt = error.excerpt.split("\n")[0]!.trim();
    return nothing(`line ${line}, column ${column}: ${excerpt}`, "JSON", error.message);
  }
}
