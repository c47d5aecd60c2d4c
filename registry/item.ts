import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";

/** An item in DynamoDB's JSON. */
export type Item = Record<string, AttributeValue>;

/** Plain values as an item, without `undefined` ones. Throws for values that DynamoDB cannot store. */
export function toItem(value: object): Item {
  return marshall(value, { removeUndefinedValues: true });
}

/** An item as plain values; a set, as someone may write in the console, becomes a list. */
export function fromItem(item: Readonly<Item>): Record<string, unknown> {
  // As plain numbers: a BigInt does not compare with one, and has no JSON.
  const values = Object.entries(unmarshall(item, { wrapNumbers: Number }) as Record<string, unknown>);
  return Object.fromEntries(values.map(([name, value]) => [name, value instanceof Set ? [...value] : value]));
}
