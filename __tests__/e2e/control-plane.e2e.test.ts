import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TASK_SIZES } from "../../contract/fargate";
import { mockServerClassPath } from "../../operations/expectations/server/jar";
import { mockServerContainers } from "../../modules/mockserver/containers";
import { CONTROL_ROUTES } from "../../modules/mockserver/control-plane";
import { start, type RunningProcess } from "../../operations/process";
import { eventually } from "../support/eventually";
import { oddRequestLines } from "../support/odd-request-lines";
import { describeWith } from "../support/requires";

/** MockServer with the settings of a task whose control plane is closed, asked without a load balancer before it. */
describeWith(["java"], "A closed control plane of the real MockServer", () => {
  const folder = mkdtempSync(join(tmpdir(), "control-plane-"));
  const file = join(folder, "expectations.json");
  let port: number;
  let server: RunningProcess;

  beforeAll(async () => {
    port = await freePort();
    write("hello");
    const { containers } = mockServerContainers({
      image: "unused",
      size: TASK_SIZES.small,
      expectations: { bucketName: "unused", key: "unused" },
      region: "us-east-1",
      controlPlane: "closed",
    });
    server = await start("java", {
      args: [
        "-cp",
        await mockServerClassPath({ env: process.env, log: () => undefined }),
        "org.mockserver.cli.Main",
      ],
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        ...containers.find(({ name }) => name === "mockserver")!.environment,
        JAVA_TOOL_OPTIONS: `-Xmx96m -Djava.io.tmpdir=${folder}`,
        MOCKSERVER_SERVER_PORT: String(port),
        MOCKSERVER_INITIALIZATION_JSON_PATH: file,
      },
    });
    await eventually(
      "MockServer is ready",
      async () => statusOf(await answerTo("GET /mockserver/ready HTTP/1.1")) === 200,
    );
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (body: string) => {
    const mocks = [
      { id: "greeting", httpRequest: { path: "/greeting" }, httpResponse: { body } },
      {
        id: "own",
        httpRequest: { method: "GET", path: "/mockserver/automock-version" },
        httpResponse: { body: "v1" },
      },
    ];
    writeFileSync(`${file}.new`, JSON.stringify(mocks));
    renameSync(`${file}.new`, file);
  };

  /** Everything that the server sends for one request line, byte for byte; it is told to close the connection. */
  const answerTo = (line: string, headers = "") =>
    new Promise<string>((resolve) => {
      let answer = "";
      const socket = connect(port, "127.0.0.1", () =>
        socket.write(
          Buffer.from(
            `${line}\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\nContent-Length: 0\r\n${headers}\r\n`,
            "latin1",
          ),
        ),
      );
      socket.setTimeout(5000, () => socket.destroy());
      socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(answer));
    });
  const statusOf = (answer: string) => Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0);

  it("mocks, readiness and liveness answer, and a changed file is taken", async () => {
    expect(await answerTo("GET /greeting HTTP/1.1")).toMatch(/hello$/);
    expect(await answerTo("GET /mockserver/automock-version HTTP/1.1")).toMatch(/v1$/);
    expect(statusOf(await answerTo("GET /mockserver/liveness HTTP/1.1"))).toBe(200);
    write("changed");
    await eventually("the changed file is taken", async () =>
      (await answerTo("GET /greeting HTTP/1.1")).endsWith("changed"),
    );
  });

  it("every control route answers 401, with and without the prefix", async () => {
    const routes = Object.entries(CONTROL_ROUTES).flatMap(([method, paths]) =>
      paths.flatMap((path) =>
        ["", "/mockserver"].map((prefix) => `${method} ${prefix}${path.replace("*", "x")} HTTP/1.1`),
      ),
    );
    const open: string[] = [];
    for (const line of routes) {
      const status = statusOf(await answerTo(line));
      // A route of a newer release is an ordinary path, and 404, in an older one.
      if (status !== 401 && status !== 404) open.push(`${status} ${line}`);
    }
    expect(open).toEqual(EXEMPT);
  });

  it.each([
    [
      "no signature",
      Buffer.from('{"alg":"none"}').toString("base64url") +
        "." +
        Buffer.from('{"sub":"x"}').toString("base64url") +
        ".",
    ],
    ["no token", "x"],
  ])("a token with %s is refused", async (_, token) =>
    expect(
      statusOf(await answerTo("PUT /mockserver/reset HTTP/1.1", `Authorization: Bearer ${token}\r\n`)),
    ).toBe(401),
  );

  it("no odd request line stops it, resets it or reads from it", async () => {
    const lines = [
      ...oddRequestLines("PUT", "/reset"),
      ...oddRequestLines("PUT", "/stop"),
      ...oddRequestLines("PUT", "/retrieve"),
    ];
    expect(oddRequestLines("PUT", "/stop").length).toBeGreaterThanOrEqual(80);
    const taken: string[] = [];
    let refused = 0;
    for (const line of lines) {
      const status = statusOf(await answerTo(line));
      if (status === 401) refused += 1;
      // 404: an ordinary path without a mock. 0 and 400: not a request that the server understands.
      else if (![0, 400, 404].includes(status)) taken.push(`${status} ${JSON.stringify(line)}`);
    }
    expect(taken).toEqual([]);
    // Lines that reach a route in spite of their form: without them this would prove nothing.
    expect(refused).toBeGreaterThan(3 * 10);
    expect(await answerTo("GET /greeting HTTP/1.1")).toMatch(/changed$/);
  });
});

/** What MockServer answers without a token: readiness, version and ports. The listener rules close it. */
const EXEMPT: readonly string[] = [
  "200 PUT /status HTTP/1.1",
  "200 PUT /mockserver/status HTTP/1.1",
  "200 GET /ready HTTP/1.1",
  "200 GET /mockserver/ready HTTP/1.1",
];

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
