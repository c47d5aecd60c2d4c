import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { parseCidr } from "../../contract/cidr";
import type { Fault } from "../../contract/fault";
import { environmentFields } from "./fields";

/** A fault in an environment. `where` is its file, relative to the project, and the field. */
export interface EnvironmentFault extends Fault {
  /** Dotted path of the field; empty for the whole file. */
  readonly path: string;
}

/** A fault in a field of a file. */
export function faultAt(
  file: string,
  path: string,
  fault: Pick<Fault, "given" | "allowed" | "fix">,
): EnvironmentFault {
  return { where: path === "" ? file : `${file}: ${path}`, path, ...fault };
}

/** A value as JSON for a message, at most 80 characters. */
export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

/**
 * Converts zod's issues to faults.
 *
 * @param root schema of the whole file
 */
export function faultsOf(
  file: string,
  given: unknown,
  issues: readonly z.core.$ZodIssue[],
  root: z.ZodType = environmentFields,
): EnvironmentFault[] {
  return issues.flatMap((issue) => faultOf(file, { root, given }, issue));
}

/** A file's value and its schema. */
interface Source {
  readonly root: z.ZodType;
  readonly given: unknown;
}

function faultOf(file: string, source: Source, issue: z.core.$ZodIssue): EnvironmentFault[] {
  const value = valueAt(source.given, issue.path);
  const fault = ({ path = issue.path.join("."), ...parts }: Partial<EnvironmentFault>) =>
    faultAt(file, path, {
      given: show(value),
      allowed: describe(source, issue.path),
      fix: value === undefined ? "add it" : fixOf(value, source, issue.path),
      ...parts,
    });

  if (issue.code === "unrecognized_keys") {
    const known = keysAt(source, issue.path);
    return issue.keys.map((key) =>
      fault({
        path: [...issue.path, key].join("."),
        given: `${show(key)} (unknown key)`,
        allowed: `one of ${known.join(", ")}`,
        fix: fixOfKey(key, known),
      }),
    );
  }
  if (issue.code === "invalid_key") {
    const [record] = schemasAt(source, issue.path.slice(0, -1)).flatMap(optionsOf);
    const allowed = record instanceof z.ZodRecord ? descriptionOf(record.keyType as z.ZodType) : undefined;
    return [
      fault({
        given: `${show(issue.path.at(-1))} (a key)`,
        fix: "use an allowed key",
        ...(allowed && { allowed }),
      }),
    ];
  }
  if (issue.code === "custom" && issue.params) return [fault(issue.params)];
  if (issue.code === "invalid_union") {
    // If the value's shape matches one option of the union, report that option's faults.
    const chosen = issue.errors.find((errors) =>
      errors.every(({ code, path }) => path.length > 0 || code === "unrecognized_keys"),
    );
    if (chosen) {
      return chosen.flatMap((inner) =>
        faultOf(file, source, { ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue),
      );
    }
  }
  return [fault({})];
}

function fixOf(value: unknown, source: Source, path: readonly PropertyKey[]): string {
  const network = typeof value === "string" && /\/\d+$/.test(value) ? networkFix(value) : undefined;
  if (network !== undefined) return network;
  const schemas = schemasAt(source, path);
  const options = schemas.flatMap(optionsOf);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject && options.every((option) => option instanceof z.ZodObject)) {
    return "use an object with these keys";
  }
  const meant = meanings(value, options).find((one) =>
    schemas.some((schema) => schema.safeParse(one).success),
  );
  if (meant === undefined) return "use an allowed value";
  if (typeof meant === "number") return `write only the number: ${meant}`;
  return typeof meant === typeof value ? `did you mean ${show(meant)}?` : `write ${show(meant)}`;
}

/** Values that may have been meant: a number written with a unit or quotes, a string without quotes, a misspelled word. */
function meanings(value: unknown, options: readonly z.ZodType[]): unknown[] {
  if (typeof value === "number") return [String(value)];
  if (typeof value !== "string") return [];
  const number = /^\s*(\d{1,9})\s*[a-z%]*\s*$/i.exec(value)?.[1];
  if (number !== undefined) return [Number(number)];
  if (/^(true|false)$/i.test(value)) return [/^true$/i.test(value)];
  const words = options.flatMap(literalsOf).filter((literal) => typeof literal === "string");
  return words.filter((word) => distance(word.toLowerCase(), value.toLowerCase()) <= 1);
}

function literalsOf(schema: z.ZodType): readonly unknown[] {
  if (schema instanceof z.ZodEnum) return schema.options;
  return schema instanceof z.ZodLiteral ? [...schema.values] : [];
}

/** The fix for a network that does not start at its first address. */
function networkFix(text: string): string | undefined {
  try {
    parseCidr(text);
    return undefined;
  } catch (error) {
    return (error as Error).message.split("; ")[1];
  }
}

/** The fix for an unknown key: suggests a similar known key, if there is one. */
export function fixOfKey(key: string, known: readonly string[]): string {
  const nearest = closest(key, [...known]);
  const alike = known.find((candidate) => candidate.startsWith(key)) ?? nearest;
  return alike.startsWith(key) || distance(key, alike) <= 3 ? `did you mean "${alike}"?` : "remove it";
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

/** The description in the schema of the field at a path, or of the nearest field around it. */
function describe(source: Source, path: readonly PropertyKey[]): string {
  for (let length = path.length; length >= 0; length--) {
    const at = path.slice(0, length);
    const schemas = schemasAt(source, at);
    const found = isDiscriminator(source, at)
      ? [...new Set(schemas.map(descriptionOf))].join(", ")
      : schemas.map(descriptionOf).find(Boolean);
    if (found) return found.includes("{") ? found : withKeys(found, keysAt(source, at));
  }
  return "nothing";
}

/** Whether the field says which option of a union its object is, and says none of them. */
function isDiscriminator(source: Source, path: readonly PropertyKey[]): boolean {
  return schemasAt(source, path.slice(0, -1))
    .map(unwrapped)
    .some((schema) => schema instanceof z.ZodDiscriminatedUnion && schema.def.discriminator === path.at(-1));
}

function withKeys(description: string, keys: readonly string[]): string {
  return keys.length === 0 ? description : `${description}: { ${keys.join(", ")} }`;
}

function descriptionOf(schema: z.ZodType): string | undefined {
  const inner = unwrapped(schema);
  return schema.description ?? (inner === schema ? undefined : descriptionOf(inner));
}

function keysAt(source: Source, path: readonly PropertyKey[]): string[] {
  const keys = schemasAt(source, path)
    .flatMap(optionsOf)
    .flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : []));
  return [...new Set(keys)].filter((key) => key !== "$schema");
}

/** The schemas allowed at a path. A union allows several, unless the value says by its discriminator which one it is. */
function schemasAt({ root, given }: Source, path: readonly PropertyKey[]): z.ZodType[] {
  return path.reduce<z.ZodType[]>(
    (schemas, key, depth) =>
      schemas
        .flatMap(optionsOf)
        .flatMap((option) => childOf(option, key))
        .map((schema) => chosenBy(schema, valueAt(given, path.slice(0, depth + 1)))),
    [root],
  );
}

/** The option of a discriminated union that a value is meant for. */
function chosenBy(schema: z.ZodType, value: unknown): z.ZodType {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodDiscriminatedUnion)) return schema;
  const key = inner.def.discriminator;
  const given = (value as Record<string, unknown> | undefined)?.[key];
  const options = inner.options as z.ZodObject[];
  return options.find(({ shape }) => (shape[key] as z.ZodType).safeParse(given).success) ?? schema;
}

function childOf(schema: z.ZodType, key: PropertyKey): z.ZodType[] {
  if (schema instanceof z.ZodObject) {
    const child = schema.shape[key as string] as z.ZodType | undefined;
    return child ? [child] : [];
  }
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  return schema instanceof z.ZodArray ? [schema.element as z.ZodType] : [];
}

/** The options of a union, or the schema itself. */
function optionsOf(schema: z.ZodType): z.ZodType[] {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodUnion ? (inner.options as z.ZodType[]).flatMap(optionsOf) : [inner];
}

/** The schema inside an optional or a default. */
function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrapped(schema.unwrap() as z.ZodType)
    : schema;
}
