import { DescribeServicesCommand, ListServicesCommand, type ECSClient } from "@aws-sdk/client-ecs";
import { ROLLED_BACK } from "../../contract/rolled-back";
import { UserError } from "../../contract/user-error";

/** So many of a service's events are shown: the last ones say why its tasks did not start. */
const SHOWN_EVENTS = 12;

export interface RolledBackOptions {
  readonly ecs: Pick<ECSClient, "send">;
  readonly cluster: string;
  /** When the deployment began; milliseconds since 1970. */
  readonly since: number;
}

/** The failure of a deployment; if ECS has rolled it back, with what the service's events say about it. */
export async function withServiceEvents(error: unknown, options: RolledBackOptions): Promise<unknown> {
  if (!(error instanceof UserError) || !error.message.includes(ROLLED_BACK)) return error;
  const events = await serviceEvents(options).catch(() => []);
  if (events.length === 0) return error;
  return new UserError(
    `${error.message}\n\nThe events of the service since the deployment began:\n${events.map((event) => `  ${event}`).join("\n")}`,
  );
}

async function serviceEvents({ ecs, cluster, since }: RolledBackOptions): Promise<string[]> {
  const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster }));
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns }));
  return services.flatMap(({ events = [] }) =>
    events
      .filter(({ createdAt }) => createdAt !== undefined && createdAt.getTime() >= since)
      .slice(0, SHOWN_EVENTS)
      .reverse()
      .map(({ createdAt, message }) => `${createdAt!.toISOString().slice(11, 19)} ${message ?? ""}`),
  );
}
