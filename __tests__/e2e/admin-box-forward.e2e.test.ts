import { readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import postgres from "postgres";
import { createAdminStack } from "../support/admin-box";
import { AdminStage } from "../support/admin-command";
import { clientsOf, type Clients } from "../support/deployed-service";
import { describeWith } from "../support/requires";
import { TaskApiDeployment } from "../support/task-api-deployment";

const portOf = (server: Server) => (server.address() as AddressInfo).port;
async function listening(server: Server): Promise<Server> {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return server;
}

/** Starts the command, and waits until it listens. */
async function forwarding(stage: AdminStage, target: string) {
  const running = stage.start("forward", target, "--reason", "slow query");
  await running.until("until Ctrl-C.");
  return { running, port: Number(/127\.0\.0\.1:(\d+) leads to/.exec(running.stdout)![1]) };
}

/** `automock admin forward` to whatever a box reaches. */
describeWith(["moto_server"], "automock admin forward", () => {
  let stage: AdminStage;
  let echo: Server;
  beforeAll(async () => {
    stage = await AdminStage.open();
    echo = await listening(createServer((socket) => socket.pipe(socket)));
  });
  afterAll(async () => {
    echo?.close();
    await stage?.close();
  });
  afterEach(() => stage.clear());

  const target = (server: Server) => `127.0.0.1:${portOf(server)}`;

  it("leads to a port that the box reaches; Ctrl-C is its ordinary end, also of the box that was launched for it", async () => {
    const { running, port } = await forwarding(stage, target(echo));
    const socket = connect(port, "127.0.0.1");
    socket.write("ping");
    const answer = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
    expect(answer.toString()).toBe("ping");
    socket.destroy();
    running.child.kill("SIGINT");
    expect(await running.exit).toBe(0);
    expect(running.stderr).toMatch(/i-\w+ is terminated after \d+ s; it cost at most/);
    expect(await stage.listed()).toEqual([]);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("ends by %s with exit code %d, and so does the box", async (signal, code) => {
    const { running } = await forwarding(stage, target(echo));
    running.child.kill(signal);
    expect(await running.exit).toBe(code);
    expect(await stage.listed()).toEqual([]);
  });

  it("a box that it did not launch stays", async () => {
    await stage.launched();
    const { running } = await forwarding(stage, target(echo));
    running.child.kill("SIGINT");
    expect(await running.exit).toBe(0);
    expect(await stage.listed()).toHaveLength(1);
  });

  it("passes on all that a client wrote before it hung up", async () => {
    const received: Buffer[] = [];
    const sink = await listening(
      createServer((socket) => socket.on("data", (data: Buffer) => received.push(data))),
    );
    const ended = new Promise((resolve) =>
      sink.once("connection", (socket) => socket.once("close", resolve)),
    );
    const { running, port } = await forwarding(stage, target(sink));
    connect(port, "127.0.0.1").end(Buffer.alloc(300_000, "x"));
    await ended;
    expect(Buffer.concat(received)).toHaveLength(300_000);
    running.child.kill("SIGINT");
    await running.exit;
    sink.close();
  });

  it("says so when the port is in use, and the box stays", async () => {
    const { id } = await stage.launched();
    const port = String(portOf(echo));
    const { exitCode, stderr } = await stage.run("forward", "db.internal:5432", "--port", port);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Port ${port} is in use on this machine; choose another with --port.`);
    expect(await stage.listed()).toMatchObject([{ id }]);
  });
});

/** The way of docs/task-api/runbooks/database-access.md, to a real PostgreSQL. */
describeWith(["moto_server", "openssl"], "automock admin forward to a database", () => {
  let stage: AdminStage;
  let clients: Clients;
  let api: TaskApiDeployment;
  beforeAll(async () => {
    stage = await AdminStage.open({ runsTasks: true, stack: false });
    clients = clientsOf(stage.aws);
    api = new TaskApiDeployment(clients);
    const { tasks } = await api.createDatabase();
    await createAdminStack(stage.aws.clientConfig, [tasks]);
  });
  afterAll(() => stage?.close());

  it("carries a client that verifies the certificate, while the database lets the box in", async () => {
    const { running, port } = await forwarding(stage, `${api.address}:5432`);
    const { SecretString } = await clients.secrets.send(
      new GetSecretValueCommand({ SecretId: api.secretArn }),
    );
    const { username, password } = JSON.parse(SecretString!) as { username: string; password: string };
    const asked = async (servername: string) => {
      const ca = readFileSync(stage.aws.dataPlane!.databases.authorityFile);
      const sql = postgres({
        ...{ host: "127.0.0.1", port, database: "taskdb", username, password, max: 1, connect_timeout: 5 },
        ssl: { ca, servername },
      });
      try {
        return await sql`SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
      } finally {
        await sql.end({ timeout: 0 });
      }
    };
    expect(await asked(api.address)).toEqual([{ current_user: "taskadmin", ssl: true }]);
    await expect(asked("another.rds.amazonaws.com")).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
    await api.close();
    await expect(asked(api.address)).rejects.toMatchObject({ code: "CONNECT_TIMEOUT" });
    running.child.kill("SIGINT");
    expect(await running.exit).toBe(0);
  });
});
