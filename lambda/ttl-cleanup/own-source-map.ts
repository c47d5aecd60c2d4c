import { GenMapping, maybeAddMapping, toEncodedMap } from "@jridgewell/gen-mapping";
import { eachMapping, TraceMap } from "@jridgewell/trace-mapping";

/**
 * Leaves only what maps into our own files: two thirds of a bundle's map are libraries, and a call stack is
 * read for our lines in it. The whole map would double the zip.
 */
export function ownSourceMap(text: string): string {
  const own = new GenMapping();
  eachMapping(new TraceMap(text), (mapping) => {
    const { generatedLine: line, generatedColumn: column, source } = mapping;
    const generated = { line, column };
    // A mapping without a source ends our region: what follows is a library's.
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
