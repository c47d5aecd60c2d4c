import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import PACKAGE from "../../package.json";
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

const CALL_BY_NPX = new RegExp(`\\bnpx ${CALL.source.slice(2)}`);

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
const texts = files.flatMap((file) => textsOf(file).map((text) => [relative(ROOT, file), text] as const));
const printed = texts.flatMap(([file, text]) =>
  commandsIn(text)
    .map((args) => [file, args.join(" "), args] as const)
    .filter(([where, command]) => !MENTIONS.some(([file, text]) => file === where && text === command)),
);

it.each(printed)("%s: automock %s", async (_, __, args) => {
  const { command } = await parseCommand(args);
  expect(args.filter((arg) => arg !== "--local").join(" ")).toContain(command);
});

it("what cdktf, Terraform and mails show runs by npx, because automock is not on PATH", () => {
  const shown = texts.filter(([file, text]) => !/^(cli|operations|local)\//.test(file) && CALL.test(text));
  expect(shown.filter(([, text]) => !CALL_BY_NPX.test(text))).toEqual([
    ["contract/test-run.ts", "automock test-env"],
  ]);
  expect(shown.length).toBeGreaterThan(15);
});

it("names only npm scripts that exist", () => {
  const scripts = texts.flatMap(([, text]) =>
    [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name!),
  );
  expect(scripts.length).toBeGreaterThan(5);
  expect(scripts.filter((name) => !(name in PACKAGE.scripts))).toEqual([]);
});

it("finds them", () => expect(printed).toHaveLength(108));
