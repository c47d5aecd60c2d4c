import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import {
  DeleteDBInstanceCommand,
  ModifyDBInstanceCommand,
  RebootDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { underLoad } from "../../local/load";
import { startLocalAws, type LocalAws } from "../../local/local-aws";
import { smoke } from "../../operations/delivery/smoke-checks";
import { servicesOf } from "../../operations/status/services";
import { clientsOf, type Clients } from "../support/deployed-service";
import { stagingEnvironment } from "../support/environments";
import { eventually, isAlive } from "../support/eventually";
import { describeWith } from "../support/requires";
import { NAMES, TaskApiDeployment } from "../support/task-api-deployment";

const { accountId, region } = stagingEnvironment;
const UNHEALTHY = "-unhealthy-hosts";

/**
 * The deployed task definition of task-api-staging with the stand-in for its image, and a real PostgreSQL. The tests run
 * in order and share one local AWS.
 */
describeWith(["moto_server", "openssl"], "The Task API answers on the local AWS", () => {
  let aws: LocalAws;
  let clients: Clients;
  let api: TaskApiDeployment;
  let url: string;
  const said: string[] = [];
  const pids = new Set<number>();

  beforeAll(async () => {
    aws = await startLocalAws({ accountId, region, log: (line) => said.push(line), runsTasks: true });
    clients = clientsOf(aws);
    api = new TaskApiDeployment(clients);
    url = `http://${await api.create()}`;
    await api.createAlarm(UNHEALTHY);
    await api.createAlarm("-server-errors");
  });
  afterAll(() => aws?.stop());

  const status = async () => (await servicesOf(clients, NAMES.cluster))![0]!;
  const settled = () =>
    eventually("the service is steady", async () => {
      for (const { task } of aws.dataPlane!.tasks()) task.pids.forEach((pid) => pids.add(pid));
      for (const pid of aws.dataPlane!.databases.pids) pids.add(pid);
      const { running, deployments, targetGroups } = await status();
      return (
        running === 1 &&
        JSON.stringify(targetGroups.map(({ targets }) => targets)) === '[{"healthy":1}]' &&
        deployments.length === 1 &&
        deployments[0]!.rolloutState === "COMPLETED"
      );
    });
  const answer = async (path: string, init: RequestInit = {}) => {
    const { status: code, ...rest } = await fetch(url + path, init).then(async (response) => ({
      status: response.status,
      text: await response.text(),
    }));
    return { status: code, body: rest.text === "" ? undefined : (JSON.parse(rest.text) as unknown) };
  };
  const post = (body: string) => answer("/tasks", { method: "POST", body });
  const unhealthy = (reason: string) =>
    eventually(`/health says: ${reason}`, async () => {
      const { status: code, body } = await answer("/health").catch(() => ({ status: 0, body: undefined }));
      return code === 503 && (body as { database?: string }).database === reason;
    });
  const healthy = () =>
    eventually("/health is healthy", async () => (await answer("/health")).status === 200);
  const redeploy = () => clients.ecs.send(new UpdateServiceCommand({ ...NAMES, forceNewDeployment: true }));
  const inAlarm = (end: string) =>
    eventually(`the alarm ${end} goes off`, async () => (await api.alarmReason(end)) !== "");

  it("keeps tasks in the database that the task definition names", async () => {
    await settled();
    expect(await answer("/health")).toEqual({ status: 200, body: { status: "healthy", standIn: true } });
    const { status: created, body } = await post('{"title":"buy milk"}');
    const { id } = body as { id: string };
    expect([created, body]).toEqual([201, { id, title: "buy milk" }]);
    expect(await answer("/tasks")).toEqual({ status: 200, body: [{ id, title: "buy milk" }] });
    expect(await answer(`/tasks/${id}`)).toEqual({ status: 200, body: { id, title: "buy milk" } });
    expect((await answer(`/tasks/${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await answer(`/tasks/${id}`)).status).toBe(404);
  });

  it.each(["", "[]", "null", '{"title":3}', '{"title":""}'])("refuses the body %j", async (body) => {
    expect((await post(body)).status).toBe(400);
  });

  it("passes the smoke test of the pipeline", async () => {
    const lines: string[] = [];
    const options = { url, attempts: 1, pauseMs: 0, timeoutMs: 5000 };
    expect(await smoke({ ...options, log: (line) => lines.push(line) })).toBe(true);
    expect(lines).toEqual([`ok     GET ${url}/health`, `ok     GET ${url}/tasks`]);
  });

  it("keeps its tasks through a deployment, and loses no request", async () => {
    await post('{"title":"stays"}');
    const { sent, lost, answers } = await underLoad(`${url}/tasks`, 20, async () => {
      await redeploy();
      await eventually("the deployment begins", async () => (await status()).deployments.length === 2);
      await settled();
    });
    process.stdout.write(`a deployment of the Task API: ${sent} requests sent, ${lost} lost\n`);
    expect(answers).toEqual({ 200: sent });
    expect(await answer("/tasks")).toEqual({ status: 200, body: [expect.objectContaining({ title: "stays" })] }); // prettier-ignore
  });

  it("writes the log of the database where RDS exports it", async () => {
    const logGroupName = `/aws/rds/instance/${api.databaseIdentifier}/postgresql`;
    await eventually("the server's line is there", async () => {
      const { events = [] } = await clients.logs.send(new FilterLogEventsCommand({ logGroupName }));
      return events.some(({ message }) =>
        message!.includes("database system is ready to accept connections"),
      );
    });
  });

  it("is unhealthy while its security groups do not let it connect", async () => {
    await api.close();
    await unhealthy("no connection within 3 s");
    await api.open();
    await healthy();
    await settled();
  });

  it("a task with another password than the database has is unhealthy, while the earlier one goes on answering", async () => {
    const SecretId = api.secretArn;
    const { SecretString } = await clients.secrets.send(new GetSecretValueCommand({ SecretId }));
    const other = JSON.stringify({ ...(JSON.parse(SecretString!) as object), password: "another" });
    await clients.secrets.send(new PutSecretValueCommand({ SecretId, SecretString: other }));
    await redeploy();
    const [container] = api.containers;
    const logGroupName = container!.logConfiguration!.options!["awslogs-group"];
    await eventually("the task says why", async () => {
      const { events = [] } = await clients.logs.send(new FilterLogEventsCommand({ logGroupName }));
      return events.some(({ message }) =>
        message!.includes('password authentication failed for user "taskadmin"'),
      );
    });
    // The earlier task keeps the password that it was started with.
    expect((await answer("/health")).status).toBe(200);
    await inAlarm(UNHEALTHY);
    // A rotation gives the database the password that the secret has.
    await clients.rds.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: api.databaseIdentifier,
        DBInstanceClass: "db.t3.small",
      }),
    );
    await redeploy();
    await settled();
  });

  it("shows a lost database in /health, targets and alarms, and recovers with it", async () => {
    const [pid] = aws.dataPlane!.databases.pids;
    process.kill(pid!, "SIGKILL");
    await unhealthy("no connection (ECONNRESET)");
    expect(await answer("/tasks")).toEqual({ status: 503, body: { error: "the database does not answer" } });
    for (let i = 0; i < 6; i++) await fetch(`${url}/tasks`);
    await inAlarm("-server-errors");
    await eventually("status shows no healthy target", async () => {
      const [group] = (await status()).targetGroups;
      return group!.targets.healthy === undefined;
    });
    await clients.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: api.databaseIdentifier }));
    await settled();
    expect(await answer("/tasks")).toEqual({ status: 200, body: [expect.objectContaining({ title: "stays" })] }); // prettier-ignore
  });

  it("leaves no process behind when the database is deleted, and none when the local AWS stops", async () => {
    const databases = aws.dataPlane!.databases.pids;
    expect(databases).toHaveLength(1);
    await clients.rds.send(
      new DeleteDBInstanceCommand({ DBInstanceIdentifier: api.databaseIdentifier, SkipFinalSnapshot: true }),
    );
    expect(databases.filter(isAlive)).toEqual([]);
    await aws.stop();
    expect([...pids].filter(isAlive)).toEqual([]);
    expect(said.filter((line) => /record/.test(line))).toEqual([]);
  });
});
