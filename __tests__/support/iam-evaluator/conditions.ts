import { listOf, UnknownPolicyElement, type Request, type Statement } from "./policy";
import { literal, matches, resolve, valuesOf } from "./text";

/** Compares one value of the request with one of the policy; `undefined` for a variable without value. */
type Comparison = (value: string, wanted: string, request: Request) => boolean | undefined;

const exactly: Comparison = (value, wanted, request) => {
  const pieces = resolve(wanted, request);
  return pieces && literal(pieces) === value;
};

const like: Comparison = (value, wanted, request) => {
  const pieces = resolve(wanted, request);
  return pieces && matches(pieces, value);
};

const ignoringCase: Comparison = (value, wanted, request) =>
  exactly(value.toLowerCase(), wanted.toLowerCase(), request);

/** Each of the six parts by itself, so that no star reaches over a colon into the next one. */
const arn: Comparison = (value, wanted, request) => {
  const parts = splitArn(wanted).map((part) => resolve(part, request));
  const given = splitArn(value);
  if (parts.some((part) => part === undefined)) return undefined;
  return parts.length === given.length && parts.every((part, index) => matches(part!, given[index]!));
};

function splitArn(text: string): string[] {
  // Variables hold colons themselves.
  const protectedText = text.replace(/\$\{[^}]*\}/g, (part) => part.replaceAll(":", "\0"));
  const parts = protectedText.split(":");
  const six = parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
  return six.map((part) => part.replaceAll("\0", ":"));
}

const bool: Comparison = (value, wanted) => value.toLowerCase() === wanted.toLowerCase();

const number =
  (compare: (a: number, b: number) => boolean): Comparison =>
  (value, wanted) =>
    compare(Number(value), Number(wanted));

/** Operators that hold when one of the wanted values matches. */
const POSITIVE: Readonly<Record<string, Comparison>> = {
  StringEquals: exactly,
  StringEqualsIgnoreCase: ignoringCase,
  StringLike: like,
  ArnEquals: arn,
  ArnLike: arn,
  Bool: bool,
  NumericEquals: number((a, b) => a === b),
  NumericLessThan: number((a, b) => a < b),
  NumericLessThanEquals: number((a, b) => a <= b),
  NumericGreaterThan: number((a, b) => a > b),
  NumericGreaterThanEquals: number((a, b) => a >= b),
};

/** Operators that hold when none of the unwanted values matches; a missing key holds too. */
const NEGATIVE: Readonly<Record<string, Comparison>> = {
  StringNotEquals: exactly,
  StringNotEqualsIgnoreCase: ignoringCase,
  StringNotLike: like,
  ArnNotEquals: arn,
  ArnNotLike: arn,
  NumericNotEquals: number((a, b) => a === b),
};

/** True when every condition of a statement holds. */
export function conditionsHold(statement: Statement, request: Request): boolean {
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, key, listOf(wanted), request)),
  );
}

function holds(operator: string, key: string, wanted: readonly string[], request: Request): boolean {
  const [, quantifier, name, ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const values = valuesOf(request, key);
  if (name === "Null") return wanted.some((want) => (want === "true") === (values === undefined));
  const positive = POSITIVE[name ?? ""];
  const negative = NEGATIVE[name ?? ""];
  if (!positive && !negative) throw new UnknownPolicyElement(`condition operator ${operator}`);
  if (values === undefined || values.length === 0) {
    if (quantifier === "ForAllValues") return true;
    if (quantifier === "ForAnyValue") return false;
    return ifExists !== undefined || negative !== undefined;
  }
  const one = (value: string) =>
    positive
      ? wanted.some((want) => positive(value, want, request) === true)
      : wanted.every((want) => negative!(value, want, request) !== true);
  if (quantifier === "ForAllValues") return values.every(one);
  if (quantifier === "ForAnyValue") return values.some(one);
  return positive ? values.some(one) : values.every(one);
}
