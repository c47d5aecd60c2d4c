import { AwsError, SimulatorGap } from "../kernel/errors";
import type { AttributeValue, Item } from "../world/platform";

/** The part of DynamoDB's expressions that matters here: conditions, key conditions, filters and updates. */

export interface Names {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

type Token = string;

function tokens(expression: string): Token[] {
  return expression.match(/<>|<=|>=|[=<>(),+-]|[#:]?[A-Za-z_][\w.-]*(?:\.#?\w+)*/g) ?? [];
}

/** True when `item` fulfils the expression; `undefined` fulfils nothing but "does not exist". */
export function fulfils(item: Item | undefined, expression: string | undefined, names: Names): boolean {
  if (expression === undefined) return true;
  return new Condition(tokens(expression), item ?? {}, names).whole();
}

class Condition {
  private at = 0;

  constructor(
    private readonly all: readonly Token[],
    private readonly item: Item,
    private readonly names: Names,
  ) {}

  public whole(): boolean {
    const value = this.or();
    if (this.at < this.all.length) throw new SimulatorGap(`expression near ${this.all[this.at]}`);
    return value;
  }

  private or(): boolean {
    let value = this.and();
    while (this.word("OR")) {
      const right = this.and();
      value = value || right;
    }
    return value;
  }

  private and(): boolean {
    let value = this.not();
    while (this.word("AND")) {
      const right = this.not();
      value = value && right;
    }
    return value;
  }

  private not(): boolean {
    if (this.word("NOT")) return !this.not();
    if (this.take("(")) {
      const value = this.or();
      this.expect(")");
      return value;
    }
    return this.comparison();
  }

  private comparison(): boolean {
    const first = this.all[this.at]!;
    if (this.all[this.at + 1] === "(") return this.call(first);
    const left = this.operand();
    if (this.word("BETWEEN")) {
      const low = this.operand();
      if (!this.word("AND")) throw new SimulatorGap("BETWEEN without AND");
      const high = this.operand();
      return compare(left, low) >= 0 && compare(left, high) <= 0;
    }
    if (this.word("IN")) {
      this.expect("(");
      const options = [this.operand()];
      while (this.take(",")) options.push(this.operand());
      this.expect(")");
      return options.some((option) => compare(left, option) === 0);
    }
    const operator = this.all[this.at++];
    const order = compare(left, this.operand());
    switch (operator) {
      case "=":
        return order === 0;
      case "<>":
        return order !== 0;
      case "<":
        return order < 0;
      case "<=":
        return order <= 0;
      case ">":
        return order > 0;
      case ">=":
        return order >= 0;
      default:
        throw new SimulatorGap(`operator ${operator}`);
    }
  }

  private call(name: string): boolean {
    this.at += 2;
    const first = this.operand();
    const second = this.take(",") ? this.operand() : undefined;
    this.expect(")");
    switch (name) {
      case "attribute_exists":
        return first !== undefined;
      case "attribute_not_exists":
        return first === undefined;
      case "begins_with":
        return String(scalar(first) ?? "").startsWith(String(scalar(second)));
      case "contains":
        return String(scalar(first) ?? "").includes(String(scalar(second)));
      default:
        throw new SimulatorGap(`function ${name}`);
    }
  }

  private operand(): AttributeValue | undefined {
    return read(this.all[this.at++]!, this.item, this.names);
  }

  private word(word: string): boolean {
    if (this.all[this.at]?.toUpperCase() !== word) return false;
    this.at++;
    return true;
  }

  private take(token: string): boolean {
    if (this.all[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) throw new SimulatorGap(`expression: ${token} expected at ${this.all[this.at]}`);
  }
}

function attributeName(token: string, names: Names): string {
  if (!token.startsWith("#")) return token;
  const name = names.ExpressionAttributeNames?.[token];
  if (name === undefined)
    throw new AwsError("ValidationException", `An expression attribute name is not defined: ${token}`);
  return name;
}

function read(token: string, item: Item, names: Names): AttributeValue | undefined {
  if (token.startsWith(":")) {
    const value = names.ExpressionAttributeValues?.[token];
    if (value === undefined)
      throw new AwsError("ValidationException", `An expression attribute value is not defined: ${token}`);
    return value as AttributeValue;
  }
  const [head, ...path] = token.split(".");
  let value: AttributeValue | undefined = item[attributeName(head!, names)];
  for (const part of path) value = (value?.M as Item | undefined)?.[attributeName(part, names)];
  return value;
}

function scalar(value: AttributeValue | undefined): string | number | boolean | undefined {
  if (!value) return undefined;
  if ("N" in value) return Number(value.N);
  if ("S" in value) return String(value.S);
  if ("BOOL" in value) return Boolean(value.BOOL);
  return JSON.stringify(value);
}

/** Values of different kinds, or a missing one, are never equal and never in order. */
function compare(left: AttributeValue | undefined, right: AttributeValue | undefined): number {
  const [a, b] = [scalar(left), scalar(right)];
  if (a === undefined || b === undefined || typeof a !== typeof b) return NaN;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The item after `SET`, `REMOVE` and `ADD` clauses. */
export function updated(item: Item, expression: string | undefined, names: Names): Item {
  const result: Item = { ...item };
  const clauses = (expression ?? "").split(/\b(SET|REMOVE|ADD|DELETE)\b/i).slice(1);
  for (let index = 0; index < clauses.length; index += 2) {
    const parts = splitTop(clauses[index + 1]!);
    for (const part of parts) applyClause(clauses[index]!.toUpperCase(), part, item, result, names);
  }
  return result;
}

function applyClause(verb: string, part: string, before: Item, result: Item, names: Names): void {
  if (verb === "REMOVE") {
    delete result[attributeName(part.trim(), names)];
  } else if (verb === "SET") {
    const equals = part.indexOf("=");
    result[attributeName(part.slice(0, equals).trim(), names)] = evaluate(
      part.slice(equals + 1),
      before,
      names,
    );
  } else if (verb === "ADD") {
    const [name, value] = part.trim().split(/\s+/);
    const key = attributeName(name!, names);
    const sum = Number(scalar(before[key]) ?? 0) + Number(scalar(read(value!, before, names)));
    result[key] = { N: String(sum) };
  } else throw new SimulatorGap(`update clause ${verb}`);
}

function evaluate(text: string, item: Item, names: Names): AttributeValue {
  const sum = /^(.*?)\s([+-])\s(.*)$/.exec(text.trim());
  if (sum) {
    const [left, right] = [sum[1]!, sum[3]!].map((part) => Number(scalar(evaluate(part, item, names))));
    return { N: String(sum[2] === "+" ? left! + right! : left! - right!) };
  }
  const fallback = /^if_not_exists\s*\(\s*([^,]+?)\s*,\s*(.+)\)$/.exec(text.trim());
  if (fallback) return read(fallback[1]!, item, names) ?? evaluate(fallback[2]!, item, names);
  const value = read(text.trim(), item, names);
  if (!value)
    throw new AwsError(
      "ValidationException",
      "The provided expression refers to an attribute that does not exist",
    );
  return value;
}

/** Splits at commas outside parentheses. */
function splitTop(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const char of text) {
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (char === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts.filter((part) => part.trim() !== "");
}
