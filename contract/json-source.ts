/** JSON with the place of every value, so that a fault can be shown where it stands. */

/** From 1, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface JsonSource {
  readonly value: unknown;
  /** Where the value at a path begins; of a path that does not exist, the nearest value around it. */
  positionOf(path: readonly PropertyKey[]): Position;
  /** Keys that stand twice in one object: readers take the last one. */
  readonly repeatedKeys: readonly (readonly PropertyKey[])[];
}

/** Text that is no JSON. */
export class JsonSyntaxError extends Error {
  constructor(
    message: string,
    readonly position: Position,
    /** The line in question, and a mark below the place. */
    readonly excerpt: string,
  ) {
    super(message);
  }
}

/** MockServer's parser refuses what is nested deeper. */
const DEEPEST_NESTING = 1000;

/** Reads strict JSON. Throws a `JsonSyntaxError`. */
export function parseJsonSource(text: string): JsonSource {
  const reader = new Reader(text);
  const value = reader.document();
  return {
    value,
    repeatedKeys: reader.repeatedKeys,
    positionOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const offset = reader.offsets.get(keyOf(path.slice(0, length)));
        if (offset !== undefined) return positionAt(text, offset);
      }
      return positionAt(text, reader.offsets.get(keyOf([])) ?? 0);
    },
  };
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path);
}

class Reader {
  readonly offsets = new Map<string, number>();
  readonly repeatedKeys: PropertyKey[][] = [];
  private readonly path: PropertyKey[] = [];
  private at = 0;

  constructor(private readonly text: string) {}

  document(): unknown {
    this.space();
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail("something follows the end of the value; write one value only");
    return value;
  }

  private value(): unknown {
    this.offsets.set(keyOf(this.path), this.at);
    if (this.path.length > DEEPEST_NESTING) this.fail(`more than ${DEEPEST_NESTING} levels of nesting`);
    const next = this.text[this.at];
    if (next === "{") return this.object();
    if (next === "[") return this.array();
    if (next === '"') return this.string();
    const word = /[-+\w.]+/y;
    word.lastIndex = this.at;
    const found = word.exec(this.text)?.[0] ?? "";
    if (!/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?)$/.test(found)) {
      this.fail(next === undefined ? "the file ends where a value is missing" : notAValue(found || next));
    }
    this.at += found.length;
    return JSON.parse(found) as unknown;
  }

  private array(): unknown[] {
    const items: unknown[] = [];
    this.at++;
    this.space();
    if (this.take("]")) return items;
    for (;;) {
      this.path.push(items.length);
      items.push(this.value());
      this.path.pop();
      this.space();
      if (this.take("]")) return items;
      if (!this.take(",")) this.missing('a "," or a "]" is missing');
      this.space();
      if (this.text[this.at] === "]") this.fail('a "," stands before "]"; take it out');
    }
  }

  private object(): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    this.at++;
    this.space();
    if (this.take("}")) return {};
    for (;;) {
      if (this.text[this.at] !== '"') this.missing('a key in double quotes is missing ("key": value)');
      const keyAt = this.at;
      const key = this.string();
      this.path.push(key);
      if (entries.has(key)) this.repeatedKeys.push([...this.path]);
      this.space();
      if (!this.take(":")) this.fail(`a ":" is missing after the key ${JSON.stringify(key)}`);
      this.space();
      entries.set(key, this.value());
      this.offsets.set(keyOf(this.path), keyAt);
      this.path.pop();
      this.space();
      if (this.take("}")) return Object.fromEntries(entries);
      if (!this.take(",")) this.missing('a "," or a "}" is missing');
      this.space();
      if (this.text[this.at] === "}") this.fail('a "," stands before "}"; take it out');
    }
  }

  private string(): string {
    const start = this.at;
    for (this.at++; this.text[this.at] !== '"'; this.at++) {
      const character = this.text[this.at];
      if (character === undefined || character === "\n") {
        this.fail("a text has no closing quote", start);
      }
      if (character < " ") this.fail("a control character stands in a text; write it as \\u00XX");
      if (character !== "\\") continue;
      this.at++;
      if (!/^(["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(this.text.slice(this.at, this.at + 5))) {
        this.fail(`"\\${this.text[this.at] ?? ""}" is no escape in JSON; a backslash itself is written \\\\`);
      }
    }
    this.at++;
    return JSON.parse(this.text.slice(start, this.at)) as string;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? "")) this.at++;
  }

  /** Fails, unless what stands there instead says more. */
  private missing(message: string): never {
    const found = this.text[this.at] ?? "";
    this.fail(/[/#']/.test(found) ? notAValue(found) : message);
  }

  private fail(message: string, at = this.at): never {
    throw new JsonSyntaxError(message, positionAt(this.text, at), excerptAt(this.text, at));
  }
}

function notAValue(found: string): string {
  if (found === "/" || found === "#") return "JSON has no comments; take it out";
  if (found === "'") return "texts stand in double quotes, not in single ones";
  return `${found} is no JSON value; texts stand in double quotes`;
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** Wide enough to see the place, also in a file without line breaks. */
const EXCERPT_WIDTH = 60;

function excerptAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  const line = text.slice(start, end < 0 ? undefined : end).replaceAll(/[\t\r]/g, " ");
  const cut = Math.max(0, offset - start - EXCERPT_WIDTH / 2);
  return `${line.slice(cut, cut + EXCERPT_WIDTH)}\n${" ".repeat(offset - start - cut)}^`;
}
