import { isObject, type JsonObject } from "../../../../contract/json";
import { UserError } from "../../../../contract/user-error";
import type { Document, Documents } from "./documents";

/**
 * A description with what its references to other files lead to: schemas become components, anything else is put in
 * their place. References within the description stay.
 *
 * @throws UserError for a reference that leads nowhere, in a circle, out of the folder or to the network
 */
export function bundle(documents: Documents): JsonObject {
  return new Bundler(documents).bundled();
}

/** A value, and where it is. */
interface Place {
  readonly document: Document;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Lists and maps of parts that are not schemas and cannot contain themselves. */
const PARTS = new Set(
  "paths parameters requestBody requestBodies responses headers examples links callbacks securitySchemes".split(
    " ",
  ),
);

/** Maps of schemas by name. */
const SCHEMAS = new Set("schemas definitions $defs properties patternProperties dependentSchemas".split(" "));

/** What is not part of a description, whatever it looks like. */
const DATA = new Set(["example", "enum", "const", "default"]);

class Bundler {
  private readonly root: Document;
  private readonly isSwagger: boolean;
  private readonly schemas = new Map<string, string>();
  private readonly components: Record<string, unknown> = {};

  constructor(private readonly documents: Documents) {
    this.root = documents.root;
    this.isSwagger = (this.root.value as JsonObject).swagger !== undefined;
  }

  bundled(): JsonObject {
    const root = this.copy({ document: this.root, path: [], value: this.root.value }, []) as JsonObject;
    if (Object.keys(this.components).length === 0) return root;
    if (this.isSwagger)
      return { ...root, definitions: { ...asObject(root.definitions), ...this.components } };
    const components = asObject(root.components);
    return {
      ...root,
      components: { ...components, schemas: { ...asObject(components.schemas), ...this.components } },
    };
  }

  /** @param inlined references that are being put in place, to find circles */
  private copy(place: Place, inlined: readonly string[]): unknown {
    const { document, path, value } = place;
    if (Array.isArray(value)) {
      return value.map((item, i) =>
        this.copy({ document, path: [...path, String(i)], value: item as unknown }, inlined),
      );
    }
    if (!isObject(value)) return value;
    if (typeof value.$ref === "string" && !isName(path)) return this.reference(place, value.$ref, inlined);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        const at = [...path, key];
        // What is in an example is data, whatever it looks like.
        return [key, isData(at, inner) ? inner : this.copy({ document, path: at, value: inner }, inlined)];
      }),
    );
  }

  private reference(place: Place, ref: string, inlined: readonly string[]): unknown {
    const target = this.follow(place, ref);
    const isLocal = target.document === this.root;
    const pointer = pointerOf(target.path);
    if (isLocal && place.document === this.root) return place.value;
    if (isLocal) return { ...asObject(place.value), $ref: pointer };
    const key = `${target.document.name}${pointer}`;
    if (isPart(place.path)) {
      if (inlined.includes(key)) throw faultAt(place, ref, "leads in a circle");
      return this.copy(target, [...inlined, key]);
    }
    let name = this.schemas.get(key);
    if (name === undefined) {
      const schemas = this.isSwagger
        ? asObject((this.root.value as JsonObject).definitions)
        : asObject(asObject((this.root.value as JsonObject).components).schemas);
      const base = key.replace(/[^\w.-]+/g, "_");
      name = base;
      for (let copy = 2; name in schemas || name in this.components; copy++) name = `${base}_${copy}`;
      this.schemas.set(key, name);
      // Its name is known before its content is: it may contain itself.
      this.components[name] = {};
      this.components[name] = this.copy(target, inlined);
    }
    return {
      ...asObject(place.value),
      $ref: this.isSwagger ? `#/definitions/${name}` : `#/components/schemas/${name}`,
    };
  }

  /** Where a reference leads in the end. */
  private follow(start: Place, ref: string): Place {
    const seen = new Set<string>();
    let place = start;
    let target = ref;
    for (;;) {
      const [file, pointer = ""] = target.split("#", 2) as [string, string?];
      const document = file === "" ? place.document : this.documents.beside(place.document, file);
      if (typeof document === "string") throw faultAt(place, target, document);
      const path = keysOf(pointer);
      let value = pointer === "" || pointer.startsWith("/") ? document.value : undefined;
      for (const key of path) {
        value = (Array.isArray(value) || isObject(value)) && Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined; // prettier-ignore
      }
      if (value === undefined) throw faultAt(place, target, "leads to nothing");
      const key = `${document.name}#${pointer}`;
      if (seen.has(key)) throw faultAt(start, ref, "leads in a circle");
      seen.add(key);
      place = { document, path, value };
      if (!isObject(value) || typeof value.$ref !== "string") return place;
      target = value.$ref;
    }
  }
}

/** Whether the keys of an object are names that someone chose. */
function hasNames(key: string | undefined): boolean {
  return key !== undefined && (PARTS.has(key) || SCHEMAS.has(key));
}

/** Whether the keys of an object are names that someone chose. Of a property called `properties` the keys are keywords again. */
export function isName(path: readonly string[]): boolean {
  return path.at(-1) === "properties" && path.at(-2) !== "properties";
}

export function isData(path: readonly string[], value: unknown): boolean {
  const key = path.at(-1)!;
  if (key === "value" && path.at(-3) === "examples") return true;
  if (key === "examples") return Array.isArray(value);
  return DATA.has(key) && !hasNames(path.at(-2));
}

function isPart(path: readonly string[]): boolean {
  const [above, key] = [path.at(-2), path.at(-1)!];
  if (path.some((each) => each === "schema" || each === "schemas" || each === "definitions")) return false;
  if (above === "properties") return false;
  // A callback is a map of path items.
  return PARTS.has(key) || (above !== undefined && PARTS.has(above)) || path.at(-3) === "callbacks";
}

function faultAt({ document, path }: Place, ref: string, why: string): UserError {
  return new UserError(
    [
      `${document.positionOf([...path, "$ref"])}: $ref`,
      `  given:   ${JSON.stringify(ref)}, which ${why}`,
      "  allowed: a part of the description, or of a file in its folder",
      "  fix:     correct the reference, or bundle the description into one file first",
    ].join("\n"),
  );
}

function pointerOf(path: readonly string[]): string {
  return `#${path.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")}`;
}

/** The keys of a JSON pointer. */
export function keysOf(pointer: string): string[] {
  return pointer.split("/").slice(1).map(unescaped);
}

function unescaped(key: string): string {
  const text = key.replaceAll("~1", "/").replaceAll("~0", "~");
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
