import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DeleteServiceCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
} from "@aws-sdk/client-ecs";
import { startLocalAws, type LocalAws } from "../../local/local-aws";
import { SYNC_CONTAINER } from "../../contract/expectations";
import { servicesOf } from "../../operations/status/services";
import type { StackRef } from "../../environments/schema/stacks";
import { Dashboard } from "../../operations/control-plane/dashboard";
import { signToken } from "../../operations/control-plane/token";
import { stagingEnvironment } from "../support/environments";
import { eventually, isAlive } from "../support/eventually";
import { underLoad } from "../../local/load";
import { clientsOf, withVariables, type Clients } from "../support/deployed-service";
import { CLUSTER, MockDeployment, SERVICE } from "../support/mock-deployment";
import { MockService, REFUSED } from "../support/mock-service";
import { describeWith } from "../support/requires";
import { openWebSocket } from "../support/web-socket";

const { accountId, region } = stagingEnvironment;
const greeting = (text: string) => [
  { id: "greeting", httpRequest: { path: "/greeting" }, httpResponse: { statusCode: 200, body: text } },
];

const REQUESTS_PER_SECOND = 20;

/**
 * The deployed task definition and listener rules of automock-staging, brought up by API calls, with a real MockServer.
 * The tests run in order and share one local AWS.
 */
describeWith(["moto_server", "java", "jq"], "The mock answers on the local AWS", () => {
  let aws: LocalAws;
  let clients: Clients;
  let mock: MockDeployment;
  let url: string;
  let running: MockService;

  beforeAll(async () => {
    aws = await startLocalAws({ accountId, region, log: () => undefined, runsTasks: true });
    clients = clientsOf(aws);
    running = new MockService(clients, aws);
    // The scripts are those of a deployment; only the time between two looks at the bucket is shorter.
    mock = new MockDeployment(clients, { EXPECTATIONS_POLL_SECONDS: "2" });
    url = `http://${await mock.create(greeting("hello"))}`;
  });
  afterAll(() => aws?.stop());

  const service = () => running.now();
  const settled = (tasks: number) => running.settled(tasks);
  const update = (change: object) => running.update(change);
  const runningTasks = () => running.runningTasks();
  const answerOf = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(url + path, init);
    return { status: answer.status, text: await answer.text() };
  };

  it("answers with what lies in the bucket", async () => {
    await settled(1);
    expect(await answerOf("/greeting")).toEqual({ status: 200, text: "hello" });
    expect((await answerOf("/unknown")).status).toBe(404);
  });

  const stack: StackRef = {
    id: "automock-staging",
    system: "automock",
    environment: "staging",
    accountId,
    region,
  };
  const sign = (minutes: number, now = Date.now()) => signToken(clients, stack, { minutes, now });
  const from = { "x-local-source-ip": "203.0.113.5" };

  it("closes the control plane to API networks, and opens it to control-plane networks with a token", async () => {
    const retrieve = async (headers: Record<string, string>) =>
      (await answerOf("/mockserver/retrieve?type=ACTIVE_EXPECTATIONS", { method: "PUT", headers })).status;
    const { token } = await sign(1);
    const authorization = `Bearer ${token}`;
    expect((await answerOf("/mockserver/dashboard", { headers: { authorization } })).status).toBe(403);
    expect(await retrieve({ authorization })).toBe(403);
    expect(await retrieve(from)).toBe(401);
    expect(await retrieve({ ...from, authorization })).toBe(200);
    const { token: expired } = await sign(1, Date.now() - 3_600_000);
    expect(await retrieve({ ...from, authorization: `Bearer ${expired}` })).toBe(401);
  });

  it("the dashboard's door adds a token, to its WebSocket, too", async () => {
    const door = await Dashboard.open({
      ...{ url, port: 0, headers: from, log: () => undefined },
      token: async () => (await sign(1)).token,
    });
    try {
      const entered = await fetch(door.url, { redirect: "manual" });
      expect([entered.status, entered.headers.get("location")]).toEqual([302, "/mockserver/dashboard"]);
      const cookie = entered.headers.get("set-cookie")!.split(";")[0]!;
      const own = new URL(door.url).origin;
      const page = await fetch(`${own}/mockserver/dashboard`, { headers: { cookie } });
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("<html")]);
      const socket = async (headers: Record<string, string>) =>
        (await openWebSocket(`${own}/_mockserver_ui_websocket`, headers)).status;
      expect(await socket({ cookie, origin: own })).toBe(101);
      expect(await socket({ origin: own })).toBe(403);
      expect((await openWebSocket(`${url}/_mockserver_ui_websocket`, from)).status).toBe(401);
      expect((await openWebSocket(`${url}/_mockserver_ui_websocket`, {})).status).toBe(403);
    } finally {
      door.close();
    }
  });

  const logOf = async (container: string): Promise<readonly string[]> => {
    const { logConfiguration } = mock.containers.find(({ name }) => name === container)!;
    const logGroupName = logConfiguration!.options!["awslogs-group"];
    const { events = [] } = await clients.logs.send(new FilterLogEventsCommand({ logGroupName }));
    return events.map(({ message }) => message!.trim().replace("sync-expectations: took", "took"));
  };

  it("writes what containers print into their log groups", async () => {
    const loader = mock.containers.find(({ essential, dependsOn }) => !essential && !dependsOn)!;
    const logGroupName = loader.logConfiguration!.options!["awslogs-group"];
    await eventually("the loader's line is in its log group", async () => {
      const { events = [] } = await clients.logs.send(new FilterLogEventsCommand({ logGroupName }));
      return events.some(({ message }) => message!.startsWith("load-expectations: loaded version"));
    });
  });

  it("takes over a push while it runs", async () => {
    await mock.push(greeting("hello again"));
    await eventually("the push arrives", async () => (await answerOf("/greeting")).text === "hello again");
  });

  it("matches in the order of the file on a task that runs, too", async () => {
    const catchAll = { id: "all", httpRequest: { path: "/.*" }, httpResponse: { body: "all" } };
    const special = { id: "special", httpRequest: { path: "/special" }, httpResponse: { body: "special" } };
    for (const [mocks, answer] of [
      [[catchAll], "all"],
      [[special, catchAll], "special"],
      [[catchAll, special], "all"],
    ] as const) {
      const version = await mock.push(mocks);
      await eventually("the order has changed", async () => (await logOf(SYNC_CONTAINER)).includes(`took version ${version}`)); // prettier-ignore
      expect((await answerOf("/special")).text).toBe(answer);
    }
  });

  it("survives large bodies, which count in bytes", async () => {
    await mock.push(greeting("hello again"));
    await eventually("the push arrives", async () => (await answerOf("/greeting")).text === "hello again");
    const body = "x".repeat(256 * 1024);
    for (let i = 0; i < 100; i++) await answerOf("/unknown", { method: "POST", body });
    expect(await answerOf("/greeting")).toEqual({ status: 200, text: "hello again" });
    expect(await runningTasks()).toHaveLength(1);
    await settled(1);
  });

  it("says that MockServer refuses what came past the command, and goes on with the last good version", async () => {
    const version = await mock.push([REFUSED]);
    await eventually(
      "the refusal is in the log",
      async () =>
      (await logOf(SYNC_CONTAINER)).some((line) => line.startsWith(`sync-expectations: MockServer refused version ${version} of s3://`)), // prettier-ignore
    );
    expect(await answerOf("/greeting")).toEqual({ status: 200, text: "hello again" });
    await mock.push(greeting("hello again"));
    const lines = await logOf(SYNC_CONTAINER);
    expect(lines.filter((line) => line.includes("refused version"))).toHaveLength(1);
  });

  /** Does something under load, and prints what became of the requests. */
  const losing = async (what: string, mostLost: number, work: () => Promise<void>) => {
    const { sent, lost, answers } = await underLoad(`${url}/greeting`, REQUESTS_PER_SECOND, work);
    process.stdout.write(`${what}: ${sent} requests sent, ${lost} lost\n`);
    if (mostLost === 0) expect({ lost, answers }).toEqual({ lost: 0, answers: { 200: sent } });
    else expect(lost).toBeLessThanOrEqual(mostLost);
  };

  it("deploys a new revision and loses no request", async () => {
    const [before] = await runningTasks();
    await losing("a new revision", 0, async () => {
      await update({ taskDefinition: await mock.register(mock.containers) });
      await settled(1);
    });
    const [after] = await runningTasks();
    expect(after).not.toBe(before);
  });

  it("rolls a revision back whose tasks do not start, and goes on answering", async () => {
    const { taskDefinition } = await service();
    const bad = await mock.register(withVariables(mock.containers, { EXPECTATIONS_OBJECT: "none.json" }));
    await losing("a revision that is rolled back", 0, async () => {
      await update({ taskDefinition: bad });
      await eventually("the circuit breaker ends the deployment", async () => {
        const { deployments = [] } = await service();
        return deployments.length === 1 && deployments[0]!.taskDefinition === taskDefinition;
      });
      await settled(1);
    });
    const { events = [], taskDefinition: now } = await service();
    expect(now).toBe(taskDefinition);
    const said = events.map(({ message }) => message!);
    expect(said.some((text) => text.endsWith("deployment failed: tasks failed to start."))).toBe(true);
    expect(said.filter((text) => text.includes("expectations-loader ended with exit code 1"))).toHaveLength(
      3,
    );
    const { serviceDeployments = [] } = await clients.ecs.send(
      new ListServiceDeploymentsCommand({ cluster: CLUSTER, service: SERVICE }),
    );
    expect(serviceDeployments.map(({ status }) => status)).toEqual([
      "ROLLBACK_SUCCESSFUL",
      "SUCCESSFUL",
      "SUCCESSFUL",
    ]);
  });

  it("scales from 1 to 3 tasks and back, and loses no request to a Spot reclaim", async () => {
    await losing("from 1 to 3 tasks", 0, async () => {
      await update({ desiredCount: 3 });
      await settled(3);
    });
    await losing("a Spot reclaim, 1 of 3 tasks", 0, async () => {
      const { service, task } = aws.dataPlane!.tasks().find(({ task }) => task.status === "RUNNING")!;
      await service.reclaim(task);
      expect(task.stopCode).toBe("SpotInterruption");
      await settled(3);
    });
    await losing("from 3 tasks to 1", 0, async () => {
      await update({ desiredCount: 1 });
      await settled(1);
    });
  });

  it("loses requests to a killed task until its target is known to be gone, and not more", async () => {
    await update({ desiredCount: 2 });
    await settled(2);
    // What is in flight, and what is sent before the end is seen.
    await losing("a killed task, 1 of 2", REQUESTS_PER_SECOND, async () => {
      const { task } = aws.dataPlane!.tasks().find(({ task }) => task.status === "RUNNING")!;
      for (const pid of task.pids) process.kill(-pid, "SIGKILL");
      await eventually("the task has stopped", () => task.status === "STOPPED");
      await settled(2);
    });
    await update({ desiredCount: 1 });
    await settled(1);
  });

  it("keeps answering beside a version that MockServer refuses; a new task fails, status and alarm say so", async () => {
    const { taskDefinition } = await service();
    const version = await mock.push([{ ...REFUSED, id: "refused" }]);
    await eventually("the alarm goes off", async () => (await mock.alarmReason("-refused-expectations")).includes(`version ${version} of`)); // prettier-ignore
    const failed = async () => (await servicesOf(clients, CLUSTER))![0]!.deployments[0]!;
    await losing("a version that is refused, and a deployment that fails", 0, async () => {
      await update({ forceNewDeployment: true });
      await eventually("a new task has failed", async () => (await failed()).failedTasks > 0);
      await eventually("the circuit breaker ends the deployment", async () => {
        const { deployments = [] } = await service();
        return deployments.length === 1 && deployments[0]!.rolloutState === "COMPLETED";
      });
    });
    expect(await answerOf("/greeting")).toEqual({ status: 200, text: "hello again" });
    expect((await service()).taskDefinition).toBe(taskDefinition);
    expect((await logOf(SYNC_CONTAINER)).filter((line) => line.includes(`refused version ${version}`))).toHaveLength(1); // prettier-ignore
    await mock.push(greeting("hello again"));
    await settled(1);
  });

  it("replaces a task whose MockServer ends", async () => {
    const [arn] = await runningTasks();
    const killed = aws.dataPlane!.tasks().find((task) => task.arn === arn)!.task;
    for (const pid of killed.pids) process.kill(-pid, "SIGKILL");
    await eventually("the task has stopped", () => killed.status === "STOPPED");
    const { tasks = [] } = await clients.ecs.send(
      new DescribeTasksCommand({ cluster: CLUSTER, tasks: [arn!] }),
    );
    expect(
      tasks.map(({ lastStatus, stopCode, stoppedReason }) => [lastStatus, stopCode, stoppedReason]),
    ).toEqual([["STOPPED", "EssentialContainerExited", "Essential container in task exited"]]);
    await settled(1);
    expect(await runningTasks()).not.toContain(arn);
    expect(await answerOf("/greeting")).toEqual({ status: 200, text: "hello again" });
  });

  it("leaves no process behind when the service is deleted, and none when the local AWS stops", async () => {
    await settled(1);
    const before = [...running.pids].filter(isAlive);
    expect(before.length).toBeGreaterThan(0);
    await clients.ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service: SERVICE, force: true }));
    await eventually("every process has ended", () => !before.some(isAlive));
    expect((await answerOf("/greeting")).status).toBe(503);
    await aws.stop();
    expect([...running.pids].filter(isAlive)).toEqual([]);
    await expect(answerOf("/greeting")).rejects.toThrow("fetch failed");
  });
});
