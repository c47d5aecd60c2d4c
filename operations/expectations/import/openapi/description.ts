import { upgrade } from "@scalar/openapi-upgrader";
import { isObject, type JsonObject } from "../../../../contract/json";
import { UserError } from "../../../../contract/user-error";
import { readInput } from "../../input";
import { dereference } from "./dereference";
import { Documents } from "./documents";
import { addPatternSamples } from "./pattern-samples";
import { bundle } from "./references";

/** A description as one of 3.1, whose only references are those to named schemas. */
export interface Description {
  readonly content: JsonObject;
  /** `file:line` of a value in the file as it was given. */
  positionOf(path: readonly string[]): string;
}

/**
 * Reads an OpenAPI description (2.0, 3.0, 3.1; JSON or YAML; in one file or several).
 *
 * @param file its name, or `-` for standard input
 * @param bytes its content, if it has been read already
 * @throws UserError when it is not a description, is too large, or has a reference that is not followed
 */
export function readDescription(file: string, bytes: Uint8Array = readInput(file)): Description {
  const documents = new Documents(file, bytes);
  const { label, value } = documents.root;
  if (!isDescription(value)) {
    throw new UserError(
      `${label}:1: not an OpenAPI description. It must have "openapi": "3.0.x" or "3.1.x", or "swagger": "2.0", at the top.`,
    );
  }
  const content = dereference(upgrade(bundle(documents), "3.1") as unknown as JsonObject);
  addPatternSamples(content);
  return { content, positionOf: (path) => documents.root.positionOf(path) };
}

function isDescription(value: unknown): value is JsonObject {
  return (
    isObject(value) && (/^3[.][01]([.]|$)/.test(String(value.openapi)) || String(value.swagger) === "2.0")
  );
}
