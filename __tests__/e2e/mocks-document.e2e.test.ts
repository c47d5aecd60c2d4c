import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalMockServer } from "../../operations/expectations/server";
import { run, start, type RunningProcess } from "../../operations/process";
import { eventually } from "../support/eventually";
import { describeWith } from "../support/requires";
import { words } from "../support/shell-words";

const ROOT = join(__dirname, "..", "..");
const DOCUMENT = readFileSync(join(ROOT, "docs", "mocks.md"), "utf8");
const blocks = [...DOCUMENT.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({ kind: kind!, text: text! })); // prettier-ignore
const linesOf = (kind: string) =>
  blocks
    .find((block) => block.kind === kind)!
    .text.trim()
    .split("\n");

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Status and body, or `dropped`. */
  readonly answer: string;
}

describeWith(["java"], "docs/mocks.md", () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "mocks-document-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has examples of matchers and actions that answer as it says", async () => {
    const mocks = blocks.flatMap(({ kind, text }) =>
      kind === "json mock" ? [JSON.parse(text) as unknown] : [],
    );
    const exchanges = blocks.flatMap(({ kind, text }) => (kind === "http" ? exchangesIn(text) : []));
    const server = await LocalMockServer.start({
      expectations: mocks.flat(),
      heapMiB: 96,
      env: process.env,
      log: () => undefined,
    });
    try {
      const answers: string[] = [];
      for (const exchange of exchanges) answers.push(await answerTo(server.port, exchange));
      expect(answers).toEqual(exchanges.map(({ answer }) => answer));
      expect([mocks.length, exchanges.length]).toEqual([7, 13]);
    } finally {
      await server.stop();
    }
  });

  it("has commands from a description to a try that run as pasted", async () => {
    const [importing, explaining, trying] = linesOf("sh import");
    const mocks = join(folder, "mocks.json");
    const args = (line: string) =>
      words(
        line.replace("npx automock", join(ROOT, "cli", "bin", "automock.mjs")).replace("mocks.json", mocks),
      );
    const done = async (line: string) => {
      const { exitCode, stdout, stderr } = await run(process.execPath, {
        args: args(line),
        env: process.env,
        cwd: ROOT,
      });
      expect([exitCode, stderr]).toEqual([0, exitCode === 0 ? stderr : ""]);
      return stdout;
    };
    expect(await done(importing!)).toContain("docs/mocks/orders.yaml: 2 operations, 6 expectations.");
    expect(await done(explaining!)).toMatch(/^GET \/orders\/7: getOrder\.200\.open answers \(200\)\.\n/);
    let printed: string[] = [];
    let port: string | undefined;
    const trial: RunningProcess = await start(process.execPath, {
      args: [...args(trying!), "--port", "0"],
      ...{ env: process.env, cwd: ROOT, role: "service", stopSignal: "SIGINT" },
      onLine: (line, stream) => {
        if (stream === "stdout") printed.push(line);
        else port ??= /answer at http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      },
    });
    try {
      await eventually("the mocks answer", () => port !== undefined);
      for (const line of linesOf("sh try")) {
        const [command, ...rest] = words(line.replace("1080", port!));
        await run(command!, { args: rest, env: process.env });
      }
      const expected = linesOf("text");
      await eventually("every request is printed", () => printed.length >= expected.length);
      // MockServer answers first and logs then: on a busy machine the next request may be logged before.
      expect([...printed].sort()).toEqual([...expected].sort());
    } finally {
      printed = [];
      await trial.stop();
    }
    expect((await trial.finished).exitCode).toBe(130);
  });
});

/** `GET /path 200 body`, its headers and, after an empty line, its body; an empty line before the next one. */
function exchangesIn(text: string): Exchange[] {
  const heads = /^(?=[A-Z]+ \/\S* (?:\d{3}|dropped))/m;
  return text.split(heads).flatMap((part) => {
    const [head, ...body] = part.trimEnd().split("\n\n");
    const [first, ...headers] = head!.split("\n");
    const [, method, path, answer] = /^([A-Z]+) (\S+) (.*)$/.exec(first ?? "") ?? [];
    if (method === undefined) return [];
    const pairs = headers.map((line) => line.split(": ", 2) as [string, string]);
    return [
      { method, path: path!, headers: Object.fromEntries(pairs), body: body.join("\n\n"), answer: answer! },
    ];
  });
}

function answerTo(port: number, { method, path, headers, body }: Exchange): Promise<string> {
  return new Promise((resolve) => {
    const length = body === "" ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const sending = request(
      { host: "127.0.0.1", port, method, path, headers: { ...headers, ...length }, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("end", () => resolve(`${response.statusCode} ${withoutSpaces(text)}`.trim()));
      },
    );
    sending.on("error", () => resolve("dropped"));
    sending.end(body);
  });
}

/** MockServer formats JSON again. */
function withoutSpaces(text: string): string {
  return text.startsWith("{") ? JSON.stringify(JSON.parse(text)) : text;
}
