import { JsonSyntaxError, parseJsonSource } from "./json-source";
import { faultAt, type EnvironmentFault } from "./faults";

/** The content of a JSON file, or why it cannot be read. */
export type ReadJson = { readonly value: unknown; readonly faults: readonly EnvironmentFault[] };

/** Parses JSON. Unlike `JSON.parse`, it reports the position of an error and duplicate keys. */
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
    const given = "a byte order mark";
    return nothing(given, "JSON in UTF-8 without a byte order mark", "save the file as UTF-8 without BOM");
  }
  if (text.trim() === "") {
    return nothing(
      "an empty file",
      "an environment as JSON",
      "delete the file; the init command creates one",
    );
  }
  try {
    const { value, duplicateKeys } = parseJsonSource(text);
    return {
      value,
      faults: duplicateKeys.map((path) =>
        fault("a duplicate key", "each key once", "remove one of them", path.join(".")),
      ),
    };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { line, column } = error.position;
    const excerpt = error.excerpt.split("\n")[0]!.trim();
    return nothing(`line ${line}, column ${column}: ${excerpt}`, "JSON", error.message);
  }
}
