import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { isNode, LineCounter, parseDocument } from "yaml";
import { UserError } from "../../../../contract/user-error";
import { labelOf, readInput } from "../../input";

const MIB = 1024 * 1024;
/** GitHub's description, the largest that is known, has 12 MiB. */
const MAX_MIB = 20;

/** One file of a description. */
export interface Document {
  /** What it is called in messages. */
  readonly label: string;
  /** Name in the folder of the description. */
  readonly name: string;
  readonly value: unknown;
  /** `file:line` of a value. */
  positionOf(path: readonly string[]): string;
}

/** The files of a description: its own, and those beside it that it refers to. */
export class Documents {
  readonly root: Document;
  private readonly folder: string | undefined;
  private readonly read = new Map<string, Document>();
  private bytes = 0;

  /**
   * @param file of the description, or `-` for standard input, which has no files beside it
   * @param bytes its content
   * @throws UserError when it is too large or is neither JSON nor YAML
   */
  constructor(file: string, bytes: Uint8Array) {
    this.folder = file === "-" ? undefined : dirname(file);
    this.root = this.open(bytes, labelOf(file), basename(file));
    this.read.set(this.root.name, this.root);
  }

  /**
   * The file that a reference names.
   *
   * @param from the document with the reference
   * @param target a relative name
   * @returns why it is not followed, as text, if it is not
   */
  beside(from: Document, target: string): Document | string {
    if (/^[a-z][\w+.-]*:|^\/\//i.test(target)) return "leads to a network address or another scheme";
    if (this.folder === undefined) return "leads to a file, and standard input has none beside it";
    const name = join(dirname(from.name), unescaped(target));
    if (isAbsolute(target) || isOutside(name)) return "leads out of the folder of the description";
    const file = join(this.folder, name);
    try {
      // A link may lead anywhere.
      if (isOutside(relative(realpathSync(this.folder), realpathSync(file)))) {
        return "leads out of the folder of the description";
      }
    } catch {
      return `leads to ${file}, which does not exist`;
    }
    const known = this.read.get(name);
    if (known) return known;
    const opened = this.open(readInput(file), file, name);
    this.read.set(name, opened);
    return opened;
  }

  private open(bytes: Uint8Array, label: string, name: string): Document {
    this.bytes += bytes.byteLength;
    if (this.bytes > MAX_MIB * MIB) {
      throw new UserError(
        `${label}: ${(this.bytes / MIB).toFixed(1)} MiB; a description may have ${MAX_MIB} MiB, with the files beside it. ` +
          "Split it, for example by tag.",
      );
    }
    const text = new TextDecoder().decode(bytes);
    return {
      label,
      name,
      value: parsed(text, label),
      positionOf: (path) => `${label}:${lineOf(text, path)}`,
    };
  }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isOutside(name: string): boolean {
  return name === ".." || name.startsWith(`..${sep}`) || isAbsolute(name);
}

/** JSON is YAML, but its own reader takes a tenth of the time. */
function parsed(text: string, label: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The other reader says what is wrong, and where.
  }
  const lines = new LineCounter();
  let reason: string;
  try {
    const source = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
    const [fault] = source.errors;
    // Without the library's limit on aliases a few lines could grow to gigabytes.
    if (!fault) return source.toJS() as unknown;
    const what = /call stack/.test(fault.message)
      ? "it is nested too deep"
      : fault.message.split(" at line ")[0];
    reason = `${label}:${lines.linePos(fault.pos[0]).line}: not JSON or YAML: ${what}`;
  } catch (error) {
    // Aliases that grow too far, or nesting again.
    const { message } = error as Error;
    reason = `${label}:1: not JSON or YAML: ${/call stack/.test(message) ? "it is nested too deep" : message}`;
  }
  throw new UserError(`${reason}.`);
}

/** The text is parsed once more, which only a fault is worth. */
function lineOf(text: string, path: readonly string[]): number {
  const lines = new LineCounter();
  const source = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  for (let length = path.length; length > 0; length--) {
    const node = source.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
