import { GenMapping, maybeAddMapping, toEncodedMap } from "@jridgewell/gen-mapping";
import { eachMapping, TraceMap } from "@jridgewell/trace-mapping";

/**
 * Keeps only what maps to this project's files: two thirds of a bundle's map are libraries, whose lines no one looks up
 * in a call stack. The whole map would double the size of the zip.
 */
export function ownSourceMap(text: string): string {
  const own = new GenMapping();
  eachMapping(new TraceMap(text), (mapping) => {
    const { generatedLine: line, generatedColumn: column, source } = mapping;
    const generated = { line, column };
    // A mapping without a source ends the region of our code.
    if (source === null || source.includes("node_modules/")) maybeAddMapping(own, { generated });
    else {
      const { originalLine, originalColumn, name } = mapping;
      const original = { line: originalLine, column: originalColumn };
      maybeAddMapping(own, { generated, source, original, name: name! });
    }
  });
  const { sources, names, mappings } = toEncodedMap(own);
  return JSON.stringify({ version: 3, sources, names, mappings });
}
