import { FilterLogEventsCommand, type CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ListTasksCommand, type ECSClient } from "@aws-sdk/client-ecs";
import { LOADER_CONTAINER, SYNC_CONTAINER } from "../../contract/expectations";
import type { Names } from "../../contract/names";
import { UserError } from "../../contract/user-error";

/** How many of the tasks that run answer with a version. */
export interface Taken {
  readonly tasks: number;
  readonly taken: number;
}

export interface TakenOptions {
  readonly ecs: Pick<ECSClient, "send">;
  readonly logs: Pick<CloudWatchLogsClient, "send">;
  readonly names: Names;
  /** Of the object, as S3 gives it. */
  readonly etag: string;
  readonly uploadedAt: Date;
}

/** A task looks every 30 s and gives MockServer 30 s; CloudWatch shows its line some seconds later. */
const WAIT_SECONDS = 120;
const LOOK_SECONDS = 2;

/** What says so in the log of a task, by container. */
const TAKEN: Readonly<Record<string, string>> = {
  [LOADER_CONTAINER]: "load-expectations: loaded version",
  [SYNC_CONTAINER]: "sync-expectations: took version",
};
const REFUSED = ["sync-expectations: refused version", "sync-expectations: MockServer refused version"];

/**
 * Waits until every running task has taken a version. What a task has taken is known by what its containers log: no
 * control route is needed.
 *
 * @param sleep waits so many seconds
 * @throws UserError when a task refuses the version, or not all have taken it in time
 */
export async function waitUntilTaken(
  options: TakenOptions,
  sleep: (seconds: number) => Promise<void>,
  progress: (line: string) => void,
): Promise<Taken> {
  let last: Taken | undefined;
  for (let waited = 0; ; waited += LOOK_SECONDS) {
    const now = await takenBy(options);
    if (now.taken !== last?.taken || now.tasks !== last.tasks) progress(takenText(now));
    last = now;
    if (now.taken === now.tasks) return now;
    if (waited >= WAIT_SECONDS) {
      throw new UserError(
        `${takenText(now)} within ${WAIT_SECONDS} s. The version is uploaded. A task that starts loads it; ` +
          `the log group ${options.names.logGroup(SYNC_CONTAINER)} says what the others do.`,
      );
    }
    await sleep(LOOK_SECONDS);
  }
}

/** `taken by 2 of 3 tasks`. */
export function takenText({ taken, tasks }: Taken): string {
  return tasks === 0 ? "no task runs: the next ones load it" : `taken by ${taken} of ${tasks} tasks`;
}

async function takenBy(options: TakenOptions): Promise<Taken> {
  const running = await runningTasks(options);
  const taken = new Set<string>();
  for (const [container, text] of Object.entries(TAKEN)) {
    for (const { task, line } of await linesOf(options, container)) {
      if (!running.has(task)) continue;
      if (REFUSED.some((refusal) => line.startsWith(`${refusal} ${options.etag} `)))
        throw new UserError(`A task refuses it, and answers as before: ${line}`);
      if (line === `${text} ${options.etag}`) taken.add(task);
    }
  }
  return { tasks: running.size, taken: taken.size };
}

async function runningTasks({ ecs, names }: TakenOptions): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let nextToken: string | undefined;
  do {
    const page = await ecs.send(
      new ListTasksCommand({ cluster: names.name("cluster"), desiredStatus: "RUNNING", nextToken }),
    );
    for (const arn of page.taskArns ?? []) ids.add(arn.split("/").at(-1)!);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return ids;
}

/** What a container has logged since the upload. */
async function linesOf(
  { logs, names, uploadedAt }: TakenOptions,
  container: string,
): Promise<{ task: string; line: string }[]> {
  const lines: { task: string; line: string }[] = [];
  const query = { logGroupName: names.logGroup(container), startTime: uploadedAt.getTime() };
  let nextToken: string | undefined;
  do {
    const page = await logs.send(new FilterLogEventsCommand({ ...query, nextToken }));
    for (const { message = "", logStreamName = "" } of page.events ?? [])
      lines.push({ task: logStreamName.split("/").at(-1)!, line: message.trim() });
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return lines;
}
