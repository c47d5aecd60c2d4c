import {
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type CloudWatchLogsClient,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogConfiguration } from "@aws-sdk/client-ecs";
import type { LogAlarms } from "./log-alarms";

const FLUSH_MILLISECONDS = 500;

/** Sends a container's output to the log group that its definition names. */
export class LogStream {
  private readonly waiting: { timestamp: number; message: string }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();

  private constructor(
    private readonly client: CloudWatchLogsClient,
    private readonly alarms: LogAlarms,
    private readonly place: { readonly logGroupName: string; readonly logStreamName: string },
  ) {}

  /**
   * Opens `<prefix>/<container>/<task>`.
   *
   * @returns `undefined` for a container that logs elsewhere or nowhere
   * @throws when the log group is not there, as ECS then does not start the task
   */
  static async open(
    client: CloudWatchLogsClient,
    alarms: LogAlarms,
    configuration: LogConfiguration | undefined,
    container: string,
    taskId: string,
  ): Promise<LogStream | undefined> {
    const options = configuration?.options ?? {};
    const logGroupName = options["awslogs-group"];
    if (configuration?.logDriver !== "awslogs" || !logGroupName) return undefined;
    const logStreamName = [options["awslogs-stream-prefix"], container, taskId].filter(Boolean).join("/");
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    return new LogStream(client, alarms, { logGroupName, logStreamName });
  }

  write(message: string): void {
    if (message === "") return; // CloudWatch takes no empty event
    this.waiting.push({ timestamp: Date.now(), message });
    this.timer ??= setTimeout(() => this.flush(), FLUSH_MILLISECONDS).unref();
  }

  /** Sends what is left. */
  async close(): Promise<void> {
    this.flush();
    await this.sending;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const logEvents = this.waiting.splice(0);
    if (logEvents.length === 0) return;
    this.sending = this.sending.then(() => this.send(logEvents).catch(() => undefined));
  }

  /** Fails when the log group was deleted, or the local AWS stops: nobody can read it any more. */
  private async send(logEvents: { timestamp: number; message: string }[]): Promise<void> {
    await this.client.send(new PutLogEventsCommand({ ...this.place, logEvents }));
    await this.alarms.see(
      this.place.logGroupName,
      logEvents.map(({ message }) => message),
    );
  }
}
