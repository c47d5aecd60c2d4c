import { isObject, type JsonObject } from "../../../../contract/json";
import { isPath } from "../paths";
import { requestSchema } from "./schemas";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** One operation of a description. */
export interface Operation {
  /** `operationId`, else method and path. */
  readonly name: string;
  readonly method: string;
  /** As the description has it, without the server's part. */
  readonly template: string;
  /** With the path of the server in front, without query and fragment. */
  readonly path: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Media types of the request's body. */
  readonly content: JsonObject;
  readonly isBodyRequired: boolean;
  readonly responses: JsonObject;
  /** Names of the requests that the API itself would send. */
  readonly callbacks: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly required: boolean;
  readonly schema: JsonObject;
  readonly style: string;
  readonly explode: boolean;
  /** The only value, of a query that is part of the path: `/items?action=close`. */
  readonly value?: string;
}

/** All operations; those whose path has the most fixed text first, so that none is hidden by a parameter. */
export function operationsOf(description: JsonObject): Operation[] {
  const operations = Object.entries(asObject(description.paths)).flatMap(([template, item]) =>
    METHODS.flatMap((method) => {
      const operation = isObject(item) ? item[method] : undefined;
      if (!isObject(item) || !isObject(operation)) return [];
      const { operationId, tags, responses, requestBody } = operation;
      const [path, query] = template.split("#")[0]!.split("?", 2) as [string, string?];
      return [
        {
          name: typeof operationId === "string" && operationId !== "" ? operationId : `${method}${template}`,
          method: method.toUpperCase(),
          template,
          path: basePath(operation.servers ?? item.servers ?? description.servers) + path,
          tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [],
          parameters: [
            ...parametersOf([item.parameters, operation.parameters], path, description),
            ...(query === undefined ? [] : fixedQuery(query)),
          ],
          content: asObject(asObject(requestBody).content),
          isBodyRequired: asObject(requestBody).required === true,
          responses: asObject(responses),
          callbacks: Object.keys(asObject(operation.callbacks)),
        },
      ];
    }),
  );
  return operations.sort((a, b) => compareSegments(a.path, b.path) || fixedValues(b) - fixedValues(a));
}

/** Whether an operation is chosen by its name, one of its tags, or its path, of which `*` may stand for the end. */
export function isNamed({ name, tags, template }: Operation, words: readonly string[]): boolean {
  return words.some((word) => word === name || tags.includes(word) || isPath(template, word));
}

/** OpenAPI gives these three to other parts of the description. */
const NOT_PARAMETERS = /^(accept|content-type|authorization)$/i;

/** @param lists those of the path, then those of the operation, which win */
function parametersOf(lists: readonly unknown[], path: string, description: JsonObject): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const parameter of lists.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))) {
    if (!isObject(parameter) || typeof parameter.name !== "string") continue;
    const { name, in: place, required, schema, style, explode } = parameter;
    if (place !== "path" && place !== "query" && place !== "header" && place !== "cookie") continue;
    if (place === "header" && NOT_PARAMETERS.test(name)) continue;
    if (place === "path" && !path.includes(`{${name}}`)) continue;
    const usual = place === "query" || place === "cookie" ? "form" : "simple";
    found.set(`${place} ${name}`, {
      name,
      in: place,
      required: required === true || place === "path",
      schema: requestSchema(asObject(schema), description) ?? {},
      style: typeof style === "string" ? style : usual,
      explode: typeof explode === "boolean" ? explode : (style ?? usual) === "form",
    });
  }
  return [...found.values()];
}

function fixedQuery(query: string): Parameter[] {
  return [...new URLSearchParams(query)].map(([name, value]): Parameter => {
    const isOpen = value === "" || value.includes("{");
    const fixed = isOpen ? {} : { value };
    return { name, in: "query", required: true, schema: {}, style: "form", explode: true, ...fixed };
  });
}

function fixedValues({ parameters }: Operation): number {
  return parameters.filter(({ value }) => value !== undefined).length;
}

/** Fixed segments before those with a parameter in them before those that are one, from the left. */
function compareSegments(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function rank(path: string): string {
  return path
    .split("/")
    .map((segment) => (/^\{[^{}]*\}$/.test(segment) ? "2" : segment.includes("{") ? "1" : "0"))
    .join("");
}

function basePath(servers: unknown): string {
  const first: unknown = Array.isArray(servers) ? servers[0] : undefined;
  if (!isObject(first) || typeof first.url !== "string") return "";
  const variables = asObject(first.variables);
  const url = first.url.replace(/\{([^}]+)\}/g, (_all, name: string) => {
    const variable = variables[name];
    return isObject(variable) && typeof variable.default === "string" ? variable.default : "x";
  });
  const path = url
    .replace(/^([a-z]+:)?\/\/[^/]*/i, "")
    .replace(/[?#].*/, "")
    .replace(/\/+$/, "");
  return path === "" || path.startsWith("/") ? path : `/${path}`;
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
