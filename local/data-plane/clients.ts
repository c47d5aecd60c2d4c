import { Agent, type AgentOptions } from "node:http";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { RDSClient } from "@aws-sdk/client-rds";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

export interface ClientsOptions {
  readonly accountId: string;
  readonly region: string;
  /** moto's own socket: what the data plane reads and logs is in no call log, and no fault hits it. */
  readonly motoSocket: string;
}

/** Clients of moto itself, for what runs on this machine. */
export function clientsOfMoto({ accountId, region, motoSocket }: ClientsOptions) {
  const connection: AgentOptions & { socketPath: string } = { keepAlive: true, socketPath: motoSocket };
  const config = {
    region,
    endpoint: "http://127.0.0.1",
    requestHandler: { httpAgent: new Agent(connection) },
    credentials: { accessKeyId: "data-plane", secretAccessKey: "not checked" },
  };
  const clients = {
    cloudWatch: new CloudWatchClient(config),
    ec2: new EC2Client(config),
    ecs: new ECSClient(config),
    elb: new ElasticLoadBalancingV2Client(config),
    logs: new CloudWatchLogsClient(config),
    rds: new RDSClient(config),
    secrets: new SecretsManagerClient(config),
  };
  for (const { middlewareStack } of Object.values(clients))
    actIn(middlewareStack as unknown as AnyStack, accountId);
  return clients;
}

export type MotoClients = ReturnType<typeof clientsOfMoto>;

interface AnyStack {
  add(
    middleware: (
      next: (args: { request: unknown }) => Promise<unknown>,
    ) => (args: { request: unknown }) => Promise<unknown>,
    options: { readonly step: "build"; readonly name: string },
  ): void;
}

/** Which account a call is made in, moto takes from a header. */
function actIn(stack: AnyStack, accountId: string): void {
  const middleware: Parameters<AnyStack["add"]>[0] = (next) => (args) => {
    (args.request as { headers: Record<string, string> }).headers["x-moto-account-id"] = accountId;
    return next(args);
  };
  stack.add(middleware, { step: "build", name: "account" });
}
