import { join } from "node:path";
import { DescribeDBInstancesCommand, type DBInstance } from "@aws-sdk/client-rds";
import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { Authority } from "../databases/authority";
import { LocalPostgres } from "../databases/postgres";
import { postgresProgram } from "../databases/program";
import type { MotoClients } from "./clients";
import type { LogAlarms } from "./log-alarms";
import { LogStream } from "./log-streams";
import { readSecret } from "./secrets";
import type { NetworkPlace } from "./security-groups";

export interface DatabasesOptions {
  readonly clients: Pick<MotoClients, "logs" | "rds" | "secrets">;
  readonly logAlarms: LogAlarms;
  /** Folder for generated files. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

/** A database and where it lies. */
export interface Database {
  readonly server: LocalPostgres;
  /** The port that clients on AWS use. */
  readonly port: number;
  readonly place: NetworkPlace;
}

/** The databases of RDS: each a PostgreSQL of this machine. */
export class Databases {
  /** By identifier. */
  private readonly running = new Map<string, LocalPostgres>();
  private authority: Promise<Authority> | undefined;
  private fault: string | undefined;

  constructor(private readonly options: DatabasesOptions) {}

  /** Why a database is a record only; `undefined` if each is real. */
  get missing(): string | undefined {
    return this.fault;
  }

  /** PEM file with the authority of the databases' certificates, from the first database on. */
  get authorityFile(): string {
    return join(this.options.folder, "authority", "certificate.pem");
  }

  /** Does with a database what a call of RDS has done with its record. */
  async follow(operation: string, identifier: string, newIdentifier = identifier): Promise<void> {
    const server = this.running.get(identifier);
    switch (operation) {
      case "CreateDBInstance":
        return this.create(identifier);
      case "DeleteDBInstance":
        this.running.delete(identifier);
        return server?.remove();
      case "StopDBInstance":
        return server?.stop();
      case "StartDBInstance":
        return server?.start();
      case "RebootDBInstance":
        await server?.stop();
        return server?.start();
      case "ModifyDBInstance": {
        if (server) {
          this.running.delete(identifier);
          this.running.set(newIdentifier, server);
        }
        const instance = await this.describe(newIdentifier);
        if (instance && server?.pid !== undefined) await server.setPassword(await this.password(instance));
      }
    }
  }

  /** Looks a database up by its host name. */
  async at(address: string): Promise<Database | undefined> {
    for (const [identifier, server] of this.running) {
      const instance = await this.describe(identifier);
      if (instance?.Endpoint?.Address !== address) continue;
      return { server, port: instance.Endpoint.Port!, place: placeOf(instance) };
    }
    return undefined;
  }

  /** Process ids of the servers. */
  get pids(): number[] {
    return [...this.running.values()].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Stops every server and removes its files. */
  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map((server) => server.remove()));
    this.running.clear();
  }

  private async create(identifier: string): Promise<void> {
    const instance = await this.describe(identifier);
    if (instance?.Engine !== "postgres") return;
    const { env, folder, log } = this.options;
    try {
      const authority = await (this.authority ??= Authority.create(join(folder, "authority"), env));
      const server = await LocalPostgres.create({
        program: await postgresProgram(instance.EngineVersion!, { env, log }),
        address: instance.Endpoint!.Address!,
        databaseName: instance.DBName,
        username: instance.MasterUsername!,
        password: await this.password(instance),
        authority,
        onLine: await this.logOf(instance),
      });
      this.running.set(identifier, server);
    } catch (error) {
      this.fault = (error as Error).message;
      log(`the database ${identifier} is a record only: ${this.fault}`);
    }
  }

  private async describe(DBInstanceIdentifier: string): Promise<DBInstance | undefined> {
    const { rds } = this.options.clients;
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
    return DBInstances[0];
  }

  /** The master user's password. In moto's secret another user has it: the name is corrected. */
  private async password({ MasterUserSecret, MasterUsername }: DBInstance): Promise<string> {
    const { secrets } = this.options.clients;
    const SecretId = MasterUserSecret!.SecretArn!;
    const secret = JSON.parse(await readSecret(secrets, SecretId)) as { username: string; password: string };
    if (secret.username !== MasterUsername) {
      const SecretString = JSON.stringify({ ...secret, username: MasterUsername });
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
    }
    return secret.password;
  }

  /** Writes into the log group to which RDS exports the server's log, if it is to be exported. */
  private async logOf(instance: DBInstance): Promise<(line: string) => void> {
    const { DBInstanceIdentifier: id, EnabledCloudwatchLogsExports: exported = [] } = instance;
    if (!exported.includes("postgresql")) return () => undefined;
    const group = { "awslogs-group": `/aws/rds/instance/${id}/postgresql` };
    const { clients, logAlarms } = this.options;
    const to = { logDriver: "awslogs", options: group } as const;
    const stream = await LogStream.open(clients.logs, logAlarms, to, `${id}.0`, "");
    return (line) => stream?.write(line);
  }
}

function placeOf({ VpcSecurityGroups = [], DBSubnetGroup }: DBInstance): NetworkPlace {
  return {
    securityGroups: VpcSecurityGroups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId!),
    subnets: (DBSubnetGroup?.Subnets ?? []).map(({ SubnetIdentifier }) => SubnetIdentifier!),
  };
}
