import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Item = Record<string, AttributeValue>;

/** A plain value as DynamoDB writes it: text, numbers, flags, lists and objects of them. */
export function toAttribute(value: unknown): AttributeValue {
  switch (typeof value) {
    case "string":
      return { S: value };
    case "number":
      return { N: String(value) };
    case "boolean":
      return { BOOL: value };
    case "object":
      if (value === null) return { NULL: true };
      return Array.isArray(value) ? { L: value.map(toAttribute) } : { M: toItem(value) };
    default:
      throw new Error(`a ${typeof value} cannot be kept in the registry`);
  }
}

/** An object; what is `undefined` is left out. */
export function toItem(value: object): Item {
  const present = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(present.map(([key, one]) => [key, toAttribute(one)]));
}
