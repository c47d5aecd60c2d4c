import { z } from "zod";

/**
 * Parts that the shapes of expectations have in common. The message of an issue says what is allowed; for a key too
 * many it is the list of keys.
 */

/** An object with these keys and no others. */
export function object<S extends z.ZodRawShape>(shape: S, what = "an object") {
  return z.strictObject(shape, {
    error: ({ code }) => (code === "unrecognized_keys" ? Object.keys(shape).join(", ") : what),
  });
}

export const text = z.string("a text");
export const flag = z.boolean("true or false");
export const whole = z.int("a whole number");
export const anyObject = z.looseObject({}, "an object");
export const oneOf = (...words: readonly string[]) => z.enum(words, `one of ${words.join(", ")}`);
export const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item).min(1, "at least one")], "an object, or an array of them");

export const timeUnit = oneOf(
  "DAYS",
  "HOURS",
  "MINUTES",
  "SECONDS",
  "MILLISECONDS",
  "MICROSECONDS",
  "NANOSECONDS",
);
export const scheme = oneOf("HTTP", "HTTPS");
export const port = z.int("a port, 1 to 65535").min(1, "a port, 1 to 65535").max(65535, "a port, 1 to 65535");
export const templateType = oneOf("VELOCITY", "JAVASCRIPT", "MUSTACHE");
const parameterStyle = oneOf(
  ...["SIMPLE", "SIMPLE_EXPLODED", "LABEL", "LABEL_EXPLODED", "MATRIX", "MATRIX_EXPLODED", "FORM"],
  ...["FORM_EXPLODED", "SPACE_DELIMITED", "SPACE_DELIMITED_EXPLODED", "PIPE_DELIMITED"],
  ...["PIPE_DELIMITED_EXPLODED", "DEEP_OBJECT"],
);

/** A text, or how to match one. */
export const matched = z.union(
  [
    z.string(),
    object({
      not: flag.optional(),
      optional: flag.optional(),
      value: text.optional(),
      schema: z.union([anyObject, z.boolean()], "a JSON Schema").optional(),
      parameterStyle: parameterStyle.optional(),
    }),
  ],
  "a text, or { not, optional, value, schema }",
);

const name = z.string().regex(/^\S+$/, "a name without spaces");

/** Headers, query and path parameters. */
export const multiValues = z.union(
  [
    z.record(
      name,
      z.union(
        [
          z.string(),
          z.array(matched),
          object({ parameterStyle: parameterStyle.optional(), values: z.array(matched).optional() }),
        ],
        "a text, or an array of texts",
      ),
      "an object",
    ),
    z.array(object({ name: matched.optional(), values: z.array(matched, "an array of texts").optional() })),
  ],
  '{ "name": ["value"] }, or [{ "name": …, "values": […] }]',
);

/** Cookies. */
export const singleValues = z.union(
  [
    z.record(name, matched, "an object"),
    z.array(object({ name: matched.optional(), value: matched.optional() })),
  ],
  '{ "name": "value" }, or [{ "name": …, "value": … }]',
);

export const body = z.union([text, z.array(z.unknown()), anyObject], "a text, an object or an array");

export const delay = object({
  timeUnit: timeUnit.optional(),
  value: whole.optional(),
  template: text.optional(),
  templateType: oneOf("VELOCITY", "MUSTACHE").optional(),
  distribution: object({
    type: oneOf("UNIFORM", "LOG_NORMAL", "GAUSSIAN"),
    min: whole.optional(),
    max: whole.optional(),
    median: whole.optional(),
    p99: whole.optional(),
    mean: whole.optional(),
    stdDev: whole.optional(),
  }).optional(),
});

/** Of every action. */
export const action = { delay: delay.optional(), primary: flag.optional() };

export const socketAddress = object({
  host: text.optional(),
  port: port.optional(),
  scheme: scheme.optional(),
});
