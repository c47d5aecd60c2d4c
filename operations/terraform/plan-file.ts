import { unzipSync } from "fflate";

/** The part with the plan: a message of protocol buffers. */
const PLAN = "tfplan";
/** The field with the time at which the plan was made. */
const TIMESTAMP = 21;

/**
 * Whether two plan files hold the same plan: their parts are equal, but for the time at which the plan was made.
 *
 * @returns false proves nothing: plans that do the same may differ in what they know of AWS
 */
export function isSamePlan(one: Uint8Array, other: Uint8Array): boolean {
  try {
    const [left, right] = [contentOf(one), contentOf(other)];
    return left.size === right.size && [...left].every(([name, content]) => right.get(name) === content);
  } catch {
    return false; // a format that a newer Terraform has changed
  }
}

/** https://github.com/hashicorp/terraform/blob/v1.11.4/internal/plans/planfile/writer.go */
function contentOf(file: Uint8Array): ReadonlyMap<string, string> {
  const parts = Object.entries(unzipSync(file));
  if (!parts.some(([name]) => name === PLAN)) throw new Error(`there is no ${PLAN}`);
  return new Map(
    parts.map(([name, bytes]) => [
      name,
      name === PLAN ? fieldsWithoutTime(bytes).sort().join("") : Buffer.from(bytes).toString("latin1"),
    ]),
  );
}

/** The fields of a message, unread. https://protobuf.dev/programming-guides/encoding/ */
function fieldsWithoutTime(message: Uint8Array): string[] {
  const fields: string[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new Error("it ends within a field");
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const start = at;
    const tag = varint();
    const type = tag % 8;
    if (type !== 0 && type !== 2) throw new Error(`wire type ${type} is unknown`);
    const value = varint();
    if (type === 2) at += value; // its length
    if (at > message.length) throw new Error("it ends within a field");
    if (Math.floor(tag / 8) !== TIMESTAMP)
      fields.push(Buffer.from(message.subarray(start, at)).toString("latin1"));
  }
  return fields;
}
