import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatFault } from "../../contract/fault";
import { loadEnvironments } from "../../environments/schema";
import { MOTO_VERSION } from "../../local/moto";
import { CONTROL_ROUTES } from "../../modules/mockserver/control-plane";
import { anchors, codeBlocks, documents, read } from "../support/markdown";
import { environmentsFolder } from "../support/environments-folder";
import { synthesize } from "../support/golden";

const ROOT = join(__dirname, "..", "..");
const README = read("README.md");

const PACKAGE = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
/** Files that a reader makes, not the project. */
const READERS_OWN = ["expectations.json", "demo-42.json", "environments/qa.ts"];

/** Names of all files of the project, without their folders. */
const FILE_NAMES = new Set(
  readdirSync(ROOT, { withFileTypes: true })
    .filter(({ name }) => !["node_modules", ".git", "cdktf.out", "coverage", ".venv"].includes(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? readdirSync(join(ROOT, entry.name), { recursive: true, withFileTypes: true })
        : [entry],
    )
    .map(({ name }) => name),
);

describe.each(documents())("docs-name-existing-files: %s", (file) => {
  const text = read(file);

  it("names only npm scripts that exist", () => {
    const named = [...text.matchAll(/npm run ([\w-]+(?::[\w-]+)*)/g)].map(([, script]) => script!);
    expect(named.filter((script) => !(script in PACKAGE.scripts))).toEqual([]);
  });

  it("names only files and folders that exist", () => {
    const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
    const code = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, content]) => content!);
    expect(code.filter(looksLikePath).filter((path) => !exists(path))).toEqual([]);
  });

  it("links only to files and headings that exist", () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
    const broken = links
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [path, anchor] = link.split("#") as [string, string?];
        const target = path === "" ? file : join(dirname(file), path);
        if (!existsSync(join(ROOT, target))) return true;
        return anchor !== undefined && !anchors(read(target)).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it("names no folder of one machine", () =>
    expect(text.match(/(?<![\w.])\/(root|home|work|opt|Users|tmp)\//g) ?? []).toEqual([]));
});

function looksLikePath(code: string): boolean {
  if (/[\s$={}:@"]|^\/|^https?|^cdktf\.out|^\.automock|^s3/.test(code)) return false;
  return /\/$|\.(ts|json|md|cjs|mjs|js|sh|yml)$/.test(code) || FILE_NAMES.has(code.split("/")[0]!);
}

/** From the root, or by its name alone. A placeholder stands for anything: then its folder must exist. */
function exists(path: string): boolean {
  if (READERS_OWN.includes(path)) return true;
  const fixed = path.split(/[<*]/)[0]!;
  if (fixed !== path) return fixed === "" || existsSync(join(ROOT, dirname(`${fixed}x`)));
  return existsSync(join(ROOT, path)) || (!path.includes("/") && FILE_NAMES.has(path));
}

describe("the README's environment", () => {
  const [example, ...others] = codeBlocks(README, "json environment");
  const folder = environmentsFolder();
  const { name } = JSON.parse(example!) as { name: string };
  writeFileSync(join(folder, "ephemeral", `${name}.json`), example!);
  const { environments, faults } = loadEnvironments(folder);
  const stacks = [...synthesize(environments).keys()];
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is one, passes the schema and overlaps with no other", () => {
    expect(others).toEqual([]);
    expect(faults.map((fault) => formatFault(fault))).toEqual([]);
    expect(environments.map((environment) => environment.name)).toEqual(["prod", "staging", name]);
  });

  it("names the schema that lies where the file points to", () => {
    const { $schema } = JSON.parse(example!) as { $schema: string };
    expect(existsSync(join(ROOT, "environments", "ephemeral", $schema))).toBe(true);
  });

  it("is the one of the shown fault, which is what synth says", () => {
    const broken = JSON.parse(example!) as { automock: { tasks: { max: number } } };
    broken.automock.tasks.max = 1;
    writeFileSync(join(folder, "ephemeral", `${name}.json`), JSON.stringify({ ...broken, automock: { ...broken.automock, capacity: "onDemand" } })); // prettier-ignore
    const shown = codeBlocks(README, "text").map((block) => block.trimEnd());
    expect(loadEnvironments(folder).faults.map((fault) => formatFault(fault))).toEqual(shown);
  });

  it("every stack that a command names exists", () => {
    const named = documents().flatMap((file) =>
      [
        ...read(file).matchAll(
          /(?:cdktf|automock) (?:deploy|destroy|diff|output|expectations push) ([a-z][\w-]*\w)(?![\w<-])/g,
        ),
      ].map(([, stack]) => stack!),
    );
    expect(named).toEqual(
      expect.arrayContaining(["automock-staging", "task-api-staging", `automock-${name}`]),
    );
    // Admin boxes are opt-in: docs/admin-box.md adds them to staging first.
    expect(named.filter((stack) => ![...stacks, "admin-staging"].includes(stack))).toEqual([]);
  });

  it("the output that it names exists in the stack", () => {
    const { output } = JSON.parse(synthesize(environments).get("automock-staging")!) as {
      output: Record<string, unknown>;
    };
    expect(read("docs/mocks.md")).toContain("`config_bucket`");
    expect(Object.keys(output)).toContain("config_bucket");
  });
});

describe("documented-commands-are-valid-routes", () => {
  interface Expectation {
    readonly id: string;
    readonly httpRequest: { readonly method: string; readonly path: string };
  }
  const expectations = codeBlocks(README, "json expectations").flatMap(
    (block) => JSON.parse(block) as Expectation[],
  );
  const mocks = expectations.map(({ httpRequest: { method, path } }) => `${method} ${path}`);
  const control = Object.entries(CONTROL_ROUTES).flatMap(([method, paths]) =>
    paths.map((path) => `${method} /mockserver${path}`),
  );
  /** `curl [--retry N] [-X METHOD] [-H "$JWT"] "$MOCK_URL/path?query"`. */
  const calls = documents().flatMap((file) =>
    [
      ...read(file).matchAll(
        /curl (?:--retry \d+ )?(?:-X (\w+) )?(?:-H "\$JWT" )?"\$MOCK_URL([^"?]*)(\?[^"]*)?"/g,
      ),
    ].map(([, method = "GET", path, query = ""]) => ({ route: `${method} ${path!}`, query })),
  );

  it("every call is a mock of the example or a route of MockServer", () => {
    expect(
      calls.map(({ route }) => route).filter((route) => ![...mocks, ...control].includes(route)),
    ).toEqual([]);
    expect(new Set(calls.map(({ route, query }) => `${route}${query}`))).toEqual(
      new Set([
        "GET /greeting",
        "PUT /mockserver/retrieve?type=ACTIVE_EXPECTATIONS",
        "PUT /mockserver/retrieve?type=REQUESTS",
        "GET /mockserver/ready",
        "PUT /mockserver/reset",
      ]),
    );
  });

  it("every curl of a mock is one that this test reads", () => {
    const curls = documents().flatMap((file) => read(file).match(/\bcurl [-"](?!.*\$API_URL)/g) ?? []);
    expect(curls).toHaveLength(calls.length);
  });

  it("lists expectations by PUT: a GET is taken for a mock request", () => {
    const all = documents().map(read).join("\n");
    expect(all).not.toMatch(/GET \/mockserver\/expectation|curl "[^"]*\/expectation/);
    expect(control).not.toContain("GET /mockserver/expectation");
  });

  it("every expectation has an id of its own", () => {
    const ids = expectations.map(({ id }) => id);
    expect(ids).toEqual(["greeting"]);
  });
});

describe("CI", () => {
  const workflow = read(".github/workflows/ci.yml");

  it("runs the command of the README, by .ci/run", () => {
    expect(workflow).toContain("- run: .ci/run\n");
    expect(codeBlocks(README, "sh")).toContain("npm ci && npm test\n");
    expect(readFileSync(join(ROOT, ".ci", "run"), "utf8")).toMatch(
      /^export CI=true\n(.*\n)*npm ci\nnpm test$/m,
    );
  });

  it("pins every action to a commit and installs the moto that the local AWS would", () => {
    const uses = [...workflow.matchAll(/uses: (\S+)/g)].map(([, action]) => action!);
    expect(uses).toHaveLength(4);
    expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
    expect(workflow).toContain(`moto[server]==${MOTO_VERSION}`);
  });
});
