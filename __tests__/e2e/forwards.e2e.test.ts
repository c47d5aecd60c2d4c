import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mockServerSettings } from "../../contract/mockserver-settings";
import { Authority } from "../../local/databases/authority";
import { mockServerArguments } from "../../operations/expectations/server/program";
import { freePort } from "../../operations/free-port";
import { run, start } from "../../operations/process";
import { eventually } from "../support/eventually";
import { describeWith } from "../support/requires";

/** The real MockServer with the settings of a task, but that it may forward to this machine. */
describeWith(["java", "openssl"], "a forward over HTTPS", () => {
  const folder = mkdtempSync(join(tmpdir(), "forwards-"));
  const trustStore = join(folder, "trusted.p12");
  const servers: Server[] = [];
  let authority: Authority;

  beforeAll(async () => {
    authority = await Authority.create(join(folder, "authority"), process.env);
    const to = ["-keystore", trustStore, "-storepass", "changeit"];
    const imported = await run("keytool", {
      args: ["-importcert", "-noprompt", "-alias", "own", "-file", authority.certificateFile, ...to],
      env: process.env,
    });
    expect([imported.exitCode, imported.stdout]).toEqual([0, ""]);
  });
  afterAll(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Port of a server on this machine whose certificate has this name. */
  async function serverNamed(name: string): Promise<number> {
    const { certificateFile, keyFile } = await authority.issue([name], join(folder, name));
    const files = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) };
    const server = createServer(files, (_, response) => response.end("from afar"));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  /** What a mock answers that forwards to `localhost`. */
  async function forwarded(to: number, javaOptions: string): Promise<readonly [number, string]> {
    const [port, file] = [await freePort(), join(folder, "expectations.json")];
    const httpForward = { scheme: "HTTPS", host: "localhost", port: to };
    writeFileSync(file, JSON.stringify([{ httpRequest: { path: "/forward" }, httpForward }]));
    const settings = mockServerSettings({
      port,
      file,
      heapMiB: 96,
      maxExpectations: 10,
      scratchFolder: folder,
    });
    const server = await start("java", {
      args: await mockServerArguments({ env: process.env, log: () => undefined }),
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        ...settings,
        JAVA_TOOL_OPTIONS: `${settings.JAVA_TOOL_OPTIONS} ${javaOptions}`,
        MOCKSERVER_FORWARD_PROXY_BLOCK_PRIVATE_NETWORKS: "false",
      },
    });
    try {
      const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
      await eventually("MockServer is ready", () =>
        ask("/mockserver/ready").then(
          ({ status }) => status === 200,
          () => false,
        ),
      );
      const answer = await ask("/forward");
      return [answer.status, await answer.text()];
    } finally {
      await server.stop();
    }
  }

  const trusting = `-Djavax.net.ssl.trustStore=${trustStore} -Djavax.net.ssl.trustStorePassword=changeit`;

  it("is refused when Java does not know the authority", async () => {
    const [status, text] = await forwarded(await serverNamed("localhost"), "");
    expect([status, text]).toEqual([502, expect.stringContaining("unable to find valid certification path")]);
  });

  it("is answered when Java trusts the authority", async () => {
    expect(await forwarded(await serverNamed("localhost"), trusting)).toEqual([200, "from afar"]);
  });

  it("is refused when the certificate has another name", async () => {
    const [status, text] = await forwarded(await serverNamed("elsewhere.example"), trusting);
    expect([status, text]).toEqual([
      502,
      expect.stringContaining("No subject alternative DNS name matching localhost"),
    ]);
  });
});
