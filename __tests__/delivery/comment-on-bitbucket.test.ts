import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportMarker } from "../../operations/review/markdown";
import { describeWith } from "../support/requires";

const SCRIPT = join(__dirname, "..", "..", ".ci", "comment-on-bitbucket");
const MARKER = reportMarker("automock-infra", "bitbucket");
const REPORT = `${MARKER}\n\n## prod: 1 replace, "2" destroy\n\`\`\`diff\n- a\\b\n\`\`\`\n`;
const COMMENTS = "/2.0/repositories/team/infra/pullrequests/7/comments";

interface Request {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

describeWith(["curl"], ".ci/comment-on-bitbucket", () => {
  const folder = mkdtempSync(join(tmpdir(), "comment-"));
  let server: Server;
  let origin: string;
  let requests: Request[];
  /** Pages of comments; empty: every request is refused. */
  let pages: readonly (readonly { id: number; deleted?: boolean; content: { raw: string } }[])[];
  /** What a change of a comment is answered, where it is not 200. */
  let answers: Readonly<Record<number, number>>;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        requests.push({
          method,
          url,
          authorization: headers.authorization,
          body: Buffer.concat(chunks).toString(),
        });
        const page = Number(new URL(url, origin).searchParams.get("page") ?? "1");
        const values = pages[page - 1];
        const answer = method === "POST" ? 201 : (answers[Number(url.split("/").at(-1))] ?? 200);
        response.statusCode = pages.length === 0 ? 403 : answer;
        const next = page < pages.length ? { next: `${origin}${COMMENTS}?pagelen=100&page=${page + 1}` } : {};
        response.end(
          JSON.stringify(values ? { values, ...next } : { error: { message: "token lacks a scope" } }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeFileSync(join(folder, "plan.md"), REPORT);
    writeFileSync(join(folder, "other.md"), "# a report without marker\n");
  });
  beforeEach(() => {
    requests = [];
    pages = [[]];
    answers = {};
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await new Promise((resolve) => server.close(resolve));
  });

  function comment(file = "plan.md", env: Readonly<Record<string, string>> = {}) {
    const child = spawn(SCRIPT, [file], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        BITBUCKET_API: `${origin}/2.0`,
        BITBUCKET_REPOSITORY: "team/infra",
        BITBUCKET_TOKEN: "secret-token",
        CHANGE_ID: "7",
        ...env,
      },
    });
    const text = { stdout: "", stderr: "" };
    child.stdout.on("data", (data: Buffer) => (text.stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (text.stderr += data.toString()));
    return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) =>
      child.on("close", (status) => resolve({ status, ...text })),
    );
  }
  const written = () =>
    requests
      .filter(({ method }) => method !== "GET")
      .map(({ method, url, body }) => ({ method, url, content: JSON.parse(body) as unknown }));

  it("adds a comment where there is none with this marker", async () => {
    pages = [
      [
        { id: 1, content: { raw: "looks good" } },
        { id: 2, content: { raw: "[//]: # (cdktf-plan:other)\n" } },
      ],
    ];
    expect(await comment()).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(written()).toEqual([{ method: "POST", url: COMMENTS, content: { content: { raw: REPORT } } }]);
    expect(requests.map(({ authorization }) => authorization)).toEqual(Array(2).fill("Bearer secret-token"));
  });

  it("writes the one with this marker again, on whatever page it is", async () => {
    const old = (id: number, deleted = false) => ({ id, deleted, content: { raw: `${MARKER}\nold` } });
    pages = [[old(1, true), { id: 2, content: { raw: `quoted ${MARKER}` } }], [old(3), old(4)], [old(5)]];
    expect(await comment()).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${COMMENTS}?pagelen=100`,
      `GET ${COMMENTS}?pagelen=100&page=2`,
      `PUT ${COMMENTS}/3`,
    ]);
    expect(written()[0]!.content).toEqual({ content: { raw: REPORT } });
  });

  it("passes over what someone else has written with this marker", async () => {
    const marked = (id: number) => ({ id, content: { raw: `${MARKER}\nnothing to see` } });
    pages = [[marked(1)], [marked(2), marked(3)]];
    answers = { 1: 403, 2: 404 };
    const { status, stderr } = await comment();
    expect(status).toBe(0);
    expect(stderr).toContain("Comment 1 begins like this report, but is someone else's: it is left alone.");
    expect(written().map(({ method, url }) => `${method} ${url}`)).toEqual([
      `PUT ${COMMENTS}/1`,
      `PUT ${COMMENTS}/2`,
      `PUT ${COMMENTS}/3`,
    ]);
  });

  it("adds its own where all with this marker are someone else's", async () => {
    pages = [[{ id: 1, content: { raw: MARKER } }]];
    answers = { 1: 403 };
    expect((await comment()).status).toBe(0);
    expect(written().map(({ method, url }) => `${method} ${url}`)).toEqual([
      `PUT ${COMMENTS}/1`,
      `POST ${COMMENTS}`,
    ]);
  });

  it("adds no second comment when its own cannot be written for another reason", async () => {
    pages = [[{ id: 1, content: { raw: MARKER } }]];
    answers = { 1: 500 };
    const { status, stderr } = await comment();
    expect([status, stderr]).toEqual([1, expect.stringContaining("500")]);
    expect(written().map(({ method }) => method)).toEqual(["PUT"]);
  });

  it("fails when Bitbucket refuses, and says what it said", async () => {
    pages = [];
    const { status, stdout, stderr } = await comment();
    expect(status).not.toBe(0);
    expect(stdout + stderr).toContain("403");
    expect(written()).toEqual([]);
  });

  it("refuses a report that it could not find again", async () => {
    const { status, stderr } = await comment("other.md");
    expect([status, stderr]).toEqual([
      1,
      "other.md does not start with a marker such as [//]: # (cdktf-plan:…), so its comment could not be found again.\nMake it with automock plan --report md --report-host bitbucket.\n",
    ]);
    expect(requests).toEqual([]);
  });

  it.each([
    ["BITBUCKET_REPOSITORY", "is <workspace>/<repository>"],
    ["BITBUCKET_TOKEN", "is an access token that may write pull requests"],
    ["CHANGE_ID", "is the number of the pull request"],
  ])("names %s when it is missing", async (name, advice) => {
    const { status, stderr } = await comment("plan.md", { [name]: "" });
    expect(status).not.toBe(0);
    expect(stderr).toContain(`${name}: ${advice}`);
    expect(requests).toEqual([]);
  });
});
