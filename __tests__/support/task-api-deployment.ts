import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSubnetsCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { CreateDBInstanceCommand, CreateDBSubnetGroupCommand, type DBInstance } from "@aws-sdk/client-rds";
import { DeployedService, type Clients } from "./deployed-service";
import { staging } from "./task-api-stacks";

export const NAMES = { cluster: "tasks", service: "task-api" } as const;

/** What `task-api-staging` deploys, as its synthesized JSON has it. */
export class TaskApiDeployment extends DeployedService {
  private database: DBInstance = {};
  private opening: { GroupId: string; IpPermissions: IpPermission[] } | undefined;

  constructor(clients: Clients) {
    // Shorter than the synthesized one, with which each loss lasts a minute.
    super(clients, staging, { ...NAMES, healthCheckIntervalSeconds: 6 });
  }

  /** Network, database and service. Returns the load balancer's address. */
  async create(): Promise<string> {
    const { tasks, subnets } = await this.createDatabase();
    this.containers = this.containers.map(({ environment = [], secrets = [], ...container }) => ({
      ...container,
      environment: environment.map(({ name, value }) => ({ name, value: this.known(value!) })),
      secrets: secrets.map(({ name, valueFrom }) => ({ name, valueFrom: this.known(valueFrom!) })),
      image: "task-api-staging:v1",
    }));
    const awsvpcConfiguration = { subnets, securityGroups: [tasks] };
    return this.createService({ networkConfiguration: { awsvpcConfiguration } });
  }

  /** Network and database, which lets in clients in the security group for tasks. */
  async createDatabase(): Promise<{ readonly tasks: string; readonly subnets: string[] }> {
    const { ec2 } = this.clients;
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const subnets = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId!);
    const VpcId = Subnets[0]!.VpcId!;
    const [tasks, database] = [await this.group("tasks", VpcId), await this.group("database", VpcId)];
    const rule = (GroupId: string) => [
      { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId }] },
    ];
    this.opening = { GroupId: database, IpPermissions: rule(tasks) };
    await ec2.send(
      new AuthorizeSecurityGroupEgressCommand({ GroupId: tasks, IpPermissions: rule(database) }),
    );
    await this.open();
    this.database = await this.createInstance(subnets, database);
    return { tasks, subnets };
  }

  get address(): string {
    return this.database.Endpoint!.Address!;
  }

  get databaseIdentifier(): string {
    return this.database.DBInstanceIdentifier!;
  }

  get secretArn(): string {
    return this.database.MasterUserSecret!.SecretArn!;
  }

  /** Lets the tasks connect to the database. */
  async open(): Promise<void> {
    await this.clients.ec2.send(new AuthorizeSecurityGroupIngressCommand(this.opening!));
  }

  async close(): Promise<void> {
    await this.clients.ec2.send(new RevokeSecurityGroupIngressCommand(this.opening!));
  }

  /** A security group without rules. */
  private async group(GroupName: string, VpcId: string): Promise<string> {
    const { ec2 } = this.clients;
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId }),
    );
    await ec2.send(
      new RevokeSecurityGroupEgressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      }),
    );
    return GroupId!;
  }

  private async createInstance(SubnetIds: string[], group: string): Promise<DBInstance> {
    const { logs, rds } = this.clients;
    const instance = this.template.sole("aws_db_instance");
    const DBInstanceIdentifier = instance.identifier as string;
    await logs.send(
      new CreateLogGroupCommand({ logGroupName: `/aws/rds/instance/${DBInstanceIdentifier}/postgresql` }),
    );
    await rds.send(
      new CreateDBSubnetGroupCommand({
        DBSubnetGroupName: "isolated",
        DBSubnetGroupDescription: "isolated",
        SubnetIds,
      }),
    );
    const { DBInstance } = await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier,
        DBInstanceClass: instance.instance_class as string,
        Engine: instance.engine as string,
        EngineVersion: instance.engine_version as string,
        DBName: instance.db_name as string,
        MasterUsername: instance.username as string,
        ManageMasterUserPassword: true,
        AllocatedStorage: instance.allocated_storage as number,
        Port: instance.port as number,
        EnableCloudwatchLogsExports: instance.enabled_cloudwatch_logs_exports as string[],
        DBSubnetGroupName: "isolated",
        VpcSecurityGroupIds: [group],
      }),
    );
    return DBInstance!;
  }

  /** A text with the database's attributes in place of Terraform's references to them. */
  private known(text: string): string {
    return text
      .replace(/\$\{aws_db_instance\.[^}]*\.address\}/, this.address)
      .replace(/\$\{aws_db_instance\.[^}]*\.secret_arn\}/, this.secretArn);
  }
}
