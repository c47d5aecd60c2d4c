import { createHmac, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keySet } from "../../contract/control-plane";
import { TASK_SIZES } from "../../contract/fargate";
import { signToken, type TokenClients } from "../../operations/control-plane/token";
import { mockServerArguments } from "../../operations/expectations/server/program";
import { mockServerContainers } from "../../modules/mockserver/containers";
import { CONTROL_ROUTES } from "../../modules/mockserver/control-plane";
import { freePort } from "../../operations/free-port";
import { start, type RunningProcess } from "../../operations/process";
import { eventually } from "../support/eventually";
import { oddHeaders, oddRequestLines } from "../support/odd-request-lines";
import { describeWith } from "../support/requires";

const mine = generateKeyPairSync("rsa", { modulusLength: 2048 });
const previous = generateKeyPairSync("rsa", { modulusLength: 2048 });
const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 });
const published = (id: string, { publicKey }: { readonly publicKey: KeyObject }) => ({
  id,
  modulus: publicKey.export({ format: "jwk" }).n!,
});
const TOKENS = {
  keySet: keySet([published("key-2", mine), published("key-1", previous)]),
  audience: "automock-staging",
};

/** MockServer with the settings of a task, asked without a load balancer before it. */
describe.each([
  ["closed", "closed"],
  ["with tokens", TOKENS],
] as const)("%s", (_, controlPlane) => {
  describeWith(["java"], "the control plane of the real MockServer", () => {
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
        controlPlane,
      });
      const environment = containers.find(({ name }) => name === "mockserver")!.environment!;
      const jwks = join(folder, "control-plane-jwks.json");
      if (controlPlane !== "closed") writeFileSync(jwks, controlPlane.keySet);
      server = await start("java", {
        args: await mockServerArguments({ env: process.env, log: () => undefined }),
        cwd: folder,
        env: {
          PATH: process.env.PATH,
          ...environment,
          JAVA_TOOL_OPTIONS: `-Xmx96m -Djava.io.tmpdir=${folder}`,
          MOCKSERVER_SERVER_PORT: String(port),
          MOCKSERVER_INITIALIZATION_JSON_PATH: file,
          ...(controlPlane !== "closed" && { [JWK_SOURCE]: jwks }),
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
      answerToBytes(
        `${line}\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\nContent-Length: 0\r\n${headers}\r\n`,
      );
    const answerToBytes = (bytes: string, patienceMs = 5000) =>
      new Promise<string>((resolve) => {
        let answer = "";
        const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from(bytes, "latin1")));
        socket.setTimeout(patienceMs, () => socket.destroy());
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

    const retrieve = async (token: string) =>
      statusOf(
        await answerTo(
          "PUT /mockserver/retrieve?type=ACTIVE_EXPECTATIONS HTTP/1.1",
          `Authorization: Bearer ${token}\r\n`,
        ),
      );

    it.each<[string, () => string | Promise<string>]>([
      ["without a signature", () => `${encoded({ alg: "none" })}.${encoded(claims())}.`],
      ["that is not a token", () => "x"],
      ["of another key", () => signed(foreign.privateKey, claims())],
      ["for another environment", () => signed(mine.privateKey, { ...claims(), aud: "automock-prod" })],
      ["that has expired", () => signed(mine.privateKey, { ...claims(), exp: seconds() - 3600 })],
      ["that does not expire", () => signed(mine.privateKey, { ...claims(), exp: undefined })],
      ["of nobody", () => signed(mine.privateKey, { ...claims(), sub: undefined })],
      ["signed with the public key as a secret", () => withPublicKeyAsSecret(claims())],
    ])("a token %s is refused", async (_, token) => expect(await retrieve(await token())).toBe(401));

    it("opens to a token that the command signs with the current or the previous key, where it takes tokens", async () => {
      const expected = controlPlane === "closed" ? 401 : 200;
      for (const { privateKey } of [mine, previous]) {
        const { token } = await signToken(kmsWith(privateKey), STAGING, { minutes: 15, now: Date.now() });
        expect(await retrieve(token)).toBe(expected);
      }
    });

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

    it("no header and no body makes a control request of another one", async () => {
      const taken: string[] = [];
      let refused = 0;
      for (const { line, headers, body = "" } of oddHeaders("/mockserver/reset")) {
        // The connection stays open, so that a second request in the body is answered too.
        const answer = await answerToBytes(`${line}\r\nHost: x\r\n${headers}\r\n${body}`, 500);
        const statuses = [...answer.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => status);
        refused += statuses.filter((status) => status === "401").length;
        if (statuses.some((status) => !["100", "200", "400", "401", "404", "413"].includes(status!)))
          taken.push(`${statuses.join()} ${JSON.stringify({ line, headers })}`);
        // A reset would have emptied the list of mocks.
        if (!(await answerTo("GET /greeting HTTP/1.1")).endsWith("changed"))
          taken.push(JSON.stringify({ line, headers }));
      }
      expect(taken).toEqual([]);
      // Second requests that are taken for such, and single ones to the route: without them this would prove nothing.
      expect(refused).toBeGreaterThanOrEqual(10);
    });
  });
});

const JWK_SOURCE = "MOCKSERVER_CONTROL_PLANE_JWT_AUTHENTICATION_JWK_SOURCE";
const STAGING = {
  id: "automock-staging",
  system: "automock",
  environment: "staging",
  accountId: "123456789012",
  region: "us-east-1",
} as const;

const seconds = () => Math.floor(Date.now() / 1000);
const claims = () => ({ sub: "me", aud: "automock-staging", exp: seconds() + 300 });
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

function signed(key: KeyObject, payload: object): string {
  const unsigned = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded(payload)}`;
  return `${unsigned}.${sign("RSA-SHA256", Buffer.from(unsigned), key).toString("base64url")}`;
}

/** For a server that takes the algorithm from the token, and its public key for the secret of a symmetric one. */
function withPublicKeyAsSecret(payload: object): string {
  const unsigned = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(payload)}`;
  const secret = mine.publicKey.export({ format: "pem", type: "spki" });
  return `${unsigned}.${createHmac("sha256", secret).update(unsigned).digest("base64url")}`;
}

/** KMS and STS for one key. */
function kmsWith(key: KeyObject): TokenClients {
  const send = async ({ input }: { readonly input: { readonly Message?: Buffer } }) =>
    input.Message
      ? { Signature: sign("RSA-SHA256", input.Message, key) }
      : { Arn: "arn:aws:iam::123456789012:user/me" };
  return { kms: { send }, sts: { send } } as unknown as TokenClients;
}

/** What MockServer answers without a token: readiness, version and ports. The listener rules close it. */
const EXEMPT: readonly string[] = [
  "200 PUT /status HTTP/1.1",
  "200 PUT /mockserver/status HTTP/1.1",
  "200 GET /ready HTTP/1.1",
  "200 GET /mockserver/ready HTTP/1.1",
];
