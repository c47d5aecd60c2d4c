import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { COMMAND_NAMES } from "../../cli/suggestions";
import { commandsOf, parseCommand } from "../support/parse-command";
import { createProgram } from "../../cli/program";
import { words } from "../support/shell-words";

/** Every command that a message of the program names is one that the program takes. */

const ROOT = join(__dirname, "..", "..");
const ROOMS = [
  "cli",
  "operations",
  "lambda",
  "cleanup",
  "registry",
  "contract",
  "environments",
  "stacks",
  "modules",
  "local",
];

/** Stands for what a message fills in. */
const FILLED = "automock-demo-42";

/** Texts of a file: strings, templates and what `+` joins, with an example for each value. */
function textsOf(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text === undefined) ts.forEachChild(node, visit);
    else {
      texts.push(text);
      inner(node);
    }
  };
  /** Texts inside the values of templates. */
  const inner = (node: ts.Node): void => {
    if (ts.isTemplateSpan(node)) visit(node.expression);
    else ts.forEachChild(node, inner);
  };
  visit(source);
  return texts;
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => FILLED + literal.text).join("");
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined && right === undefined ? undefined : (left ?? FILLED) + (right ?? FILLED);
}

const program = createProgram();
const names = new Set(commandsOf(program).flatMap(([name]) => name.split(" ")));

const CALL = new RegExp(`\\bautomock ((?:--local )?(?:${COMMAND_NAMES.join("|")})\\b.*)`);

/** What is not printed, or names no command to run: file and command. */
const MENTIONS = [
  ["contract/test-run.ts", "test-env"],
  ["operations/costs/costs-document.ts", "plan --report"],
  ["operations/scanner-exceptions.ts", "admin"],
];

/** The commands in a text, each up to where prose goes on. */
function commandsIn(text: string): readonly string[][] {
  return text.split("\n").flatMap((line) => {
    const found = CALL.exec(line);
    if (!found) return [];
    const rest = line.slice(found.index + "automock ".length);
    return [callOf(found[1]!), ...commandsIn(rest)];
  });
}

function callOf(text: string): string[] {
  const call: string[] = [];
  for (const word of words(text)) {
    const bare = word.replace(/[.,;:)`]+$/, "");
    if (!names.has(bare) && !/[-\d./:=…\s]|^[A-Z]+$|^orders$/.test(bare)) break;
    call.push(bare);
    if (bare !== word) break;
  }
  return call;
}

const files = ROOMS.flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
    // The examples of `--help` have a test of their own.
    .filter((file) => file.endsWith(".ts") && !file.endsWith("options.ts"))
    .map((file) => join(ROOT, room, file)),
);
const printed = files.flatMap((file) =>
  textsOf(file)
    .flatMap(commandsIn)
    .map((args) => [relative(ROOT, file), args.join(" "), args] as const)
    .filter(([where, command]) => !MENTIONS.some(([file, text]) => file === where && text === command)),
);

it.each(printed)("%s: automock %s", async (_, __, args) => {
  const { command } = await parseCommand(args);
  expect(args.filter((arg) => arg !== "--local").join(" ")).toContain(command);
});

it("finds them", () => expect(printed).toHaveLength(107));
