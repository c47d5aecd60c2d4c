import { readFileSync } from "node:fs";
import { Language, Parser, type Node } from "web-tree-sitter";
import { read } from "./markdown";

/** A Jenkinsfile as its syntax tree says it is, by a Groovy grammar that needs no Java. */

/** One statement of a block: `name argument, key: value { children }`. */
export interface Statement {
  /** Directive or step, for example `stage`; `=` for an assignment, `#` for anything else. */
  readonly name: string;
  readonly line: number;
  /** Source text as written. */
  readonly text: string;
  /** Text of the first unnamed string, number or word. */
  readonly argument: string | undefined;
  readonly named: Readonly<Record<string, string>>;
  readonly children: readonly Statement[];
}

export interface Parsed {
  /** Line and text of everything that is no Groovy. */
  readonly errors: readonly string[];
  readonly statements: readonly Statement[];
}

let parser: Promise<Parser> | undefined;

export async function parseJenkinsfile(source: string): Promise<Parsed> {
  const tree = (await (parser ??= groovy())).parse(source)!;
  return { errors: errorsOf(tree.rootNode), statements: statementsOf(tree.rootNode) };
}

async function groovy(): Promise<Parser> {
  await Parser.init();
  const grammar = await Language.load(
    readFileSync(require.resolve("tree-sitter-groovy/tree-sitter-groovy.wasm")),
  );
  const made = new Parser();
  made.setLanguage(grammar);
  return made;
}

function errorsOf(node: Node): string[] {
  if (!node.hasError) return [];
  if (node.isError || node.isMissing) {
    return [
      `line ${node.startPosition.row + 1}: ${node.isMissing ? `missing ${node.type}` : node.text.slice(0, 40)}`,
    ];
  }
  return present(node.children).flatMap(errorsOf);
}

function statementsOf(block: Node): Statement[] {
  return present(block.namedChildren)
    .filter(({ type }) => !type.endsWith("comment"))
    .map((child) => (child.type === "expression_statement" ? child.firstNamedChild! : child))
    .map(statementOf);
}

function statementOf(node: Node): Statement {
  const base = {
    line: node.startPosition.row + 1,
    text: node.text,
    named: {},
    children: [],
    argument: undefined,
  };
  switch (node.type) {
    case "method_invocation":
    case "juxt_function_call": {
      const list = node.childForFieldName("arguments") ?? node.childForFieldName("args");
      const values = list ? present(list.namedChildren) : [];
      const body = node.childForFieldName("body");
      return {
        ...base,
        name: node.childForFieldName("name")!.text,
        argument: values.filter(({ type }) => type !== "map_item").map(valueOf)[0],
        named: Object.fromEntries(
          values
            .filter(({ type }) => type === "map_item")
            .map((item) => [item.childForFieldName("key")!.text, valueOf(item.childForFieldName("value")!)]),
        ),
        children: body ? statementsOf(body) : [],
      };
    }
    // `agent none` has the form of a declaration.
    case "local_variable_declaration":
      return {
        ...base,
        name: node.childForFieldName("type")!.text,
        argument: node.childForFieldName("declarator")!.text,
      };
    case "assignment_expression":
      return {
        ...base,
        name: "=",
        argument: node.childForFieldName("left")!.text,
        named: { value: valueOf(node.childForFieldName("right")!) },
      };
    case "enhanced_for_statement":
      return { ...base, name: "for", children: statementsOf(bodyOf(node)) };
    // Without `catch`, which would hide failures: its block and what ends it.
    case "try_statement": {
      const [block, end] = present(node.namedChildren);
      if (end?.type !== "finally_clause") return { ...base, name: "#" };
      const ends = { ...base, name: "finally", children: statementsOf(bodyOf(end)) };
      return { ...base, name: "try", children: [...statementsOf(block!), ends] };
    }
    default:
      return { ...base, name: "#" };
  }
}

/** The body of a statement. The grammar takes some for a closure that stands alone. */
function bodyOf(node: Node): Node {
  const last = present(node.namedChildren).at(-1)!;
  return last.type === "expression_statement" ? last.firstNamedChild! : last;
}

/** The content of a string, the source of anything else. */
function valueOf(node: Node): string {
  return node.text.replace(/^('''|"""|'|")([\s\S]*)\1$/, "$2");
}

function present(nodes: readonly (Node | null)[]): Node[] {
  return nodes.filter((node) => node !== null);
}

/** All statements of this name at any depth, in the order of the file. */
export function find(statements: readonly Statement[], name: string): Statement[] {
  return statements.flatMap((statement) => [
    ...(statement.name === name ? [statement] : []),
    ...find(statement.children, name),
  ]);
}

/** The only child of this name; throws when there are none or several. */
export function only(statement: Statement, name: string): Statement {
  const found = statement.children.filter((child) => child.name === name);
  if (found.length !== 1) throw new Error(`line ${statement.line}: ${found.length} × ${name}, expected one`);
  return found[0]!;
}

/** The pipeline of a Jenkinsfile; throws unless it is exactly that, without a fault. */
export async function readPipeline(path: string): Promise<Statement> {
  const { errors, statements } = await parseJenkinsfile(read(path));
  const [pipeline] = statements;
  if (errors.length > 0 || statements.length !== 1 || pipeline?.name !== "pipeline")
    throw new Error(
      `${path} is no pipeline: ${[...errors, ...statements.map(({ name }) => name)].join("; ")}`,
    );
  return pipeline;
}

/** All shell steps, as the shell gets them: Groovy joins lines at a backslash before. */
export function scriptsIn(statements: readonly Statement[]): string[] {
  return find(statements, "sh").map(({ argument }) => argument!.replaceAll(/\\\n\s*/g, ""));
}

/** What stands where it does not belong, by the names that are allowed in each block. */
export function misplaced(parent: Statement, allowed: Readonly<Record<string, readonly string[]>>): string[] {
  return parent.children.flatMap((statement) => [
    ...(allowed[parent.name]?.includes(statement.name)
      ? []
      : [`line ${statement.line}: ${statement.name} in ${parent.name}`]),
    ...misplaced(statement, allowed),
  ]);
}
