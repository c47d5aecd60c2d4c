import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { DescribeTaskDefinitionCommand, type TaskDefinition } from "@aws-sdk/client-ecs";
import type { JsonObject } from "../gateway/call";
import { AlarmStates } from "./alarm-states";
import { clientsOfMoto, type ClientsOptions, type MotoClients } from "./clients";
import { Databases } from "./databases";
import { ElbReader } from "./elb-state";
import { programFor } from "./images";
import { LoadBalancerAlarms } from "./load-balancer-alarms";
import { LoadBalancers } from "./load-balancers";
import { LogAlarms } from "./log-alarms";
import type { NetworkPlace } from "./security-groups";
import { LocalService, type ServiceWish } from "./service";
import { TargetGroups } from "./target-groups";
import { readSecret } from "./secrets";
import { LocalTask } from "./task";
import { TaskNetwork } from "./task-network";
import { findTools, type Tools } from "./tools";

export interface DataPlaneOptions extends ClientsOptions {
  /** Folder for the files of tasks. */
  readonly folder: string;
  /** Environment to look for java, jq, curl and npm in. */
  readonly env: NodeJS.ProcessEnv;
  /** Variables that lead a container to the local AWS. */
  readonly variables: () => Readonly<Record<string, string>>;
  /** One line at a time, about what a user should know. */
  readonly log: (line: string) => void;
}

/** A task and where it belongs. */
export interface RunningTask {
  readonly arn: string;
  readonly clusterArn: string;
  readonly serviceArn: string;
  readonly service: LocalService;
  readonly task: LocalTask;
}

/** ECS shows a stopped task for an hour; so many are enough here. */
const MAX_STOPPED = 50;

/** What a deployment does on this machine: tasks as processes behind load balancers on loopback. */
export class DataPlane {
  private readonly services = new Map<string, LocalService>();
  private readonly stopped: RunningTask[] = [];
  /** Deleted, and still with tasks. */
  private readonly leaving = new Map<LocalService, string>();
  private readonly unknownImages = new Set<string>();
  private readonly targets: TargetGroups;
  private readonly clients: MotoClients;
  private readonly alarmStates: AlarmStates;
  private readonly logAlarms: LogAlarms;
  /** The databases of RDS. */
  readonly databases: Databases;
  readonly loadBalancers: LoadBalancers;

  private constructor(
    private readonly options: DataPlaneOptions,
    private readonly found: Tools,
  ) {
    const { env, folder, log } = options;
    this.clients = clientsOfMoto(options);
    this.alarmStates = new AlarmStates(this.clients.cloudWatch);
    this.logAlarms = new LogAlarms(this.clients.logs, this.alarmStates);
    const alarms = new LoadBalancerAlarms(this.alarmStates);
    const elb = new ElbReader(this.clients.elb);
    this.databases = new Databases({ clients: this.clients, logAlarms: this.logAlarms, folder, env, log });
    this.targets = new TargetGroups(elb, alarms, () => this.step());
    this.loadBalancers = new LoadBalancers({ elb, targets: this.targets, alarms });
    mkdirSync(options.folder, { recursive: true });
  }

  static async start(options: DataPlaneOptions): Promise<DataPlane> {
    const { env, folder, log } = options;
    return new DataPlane(options, await findTools({ env, folder, log }));
  }

  /** Whether mocks answer: the tasks of MockServer are no records. */
  get runsMocks(): boolean {
    return this.found.mockServer !== undefined;
  }

  /** Health and requests of the target groups. */
  get targetGroups(): TargetGroups {
    return this.targets;
  }

  /**
   * A service was created or changed.
   *
   * @param service as ECS describes it
   * @returns whether its tasks run here; if not, they are records
   */
  async serviceChanged(service: JsonObject, isNewDeployment: boolean): Promise<boolean> {
    const arn = String(service.serviceArn);
    const definition = await this.definition(String(service.taskDefinition));
    const before = this.services.get(arn);
    if (!this.canRun(definition)) {
      if (before) this.serviceDeleted(arn);
      return false;
    }
    const wish = wishOf(service, definition);
    if (before) before.update(wish, isNewDeployment);
    else this.services.set(arn, this.createService(arn, wish));
    return true;
  }

  serviceDeleted(arn: string): void {
    const service = this.services.get(arn);
    if (!service) return;
    this.services.delete(arn);
    this.leaving.set(service, arn);
    void service.remove().finally(() => this.leaving.delete(service));
  }

  /** A service whose tasks run here. */
  service(arn: string): LocalService | undefined {
    return this.services.get(arn);
  }

  /** Every task that runs, and the last that have stopped. */
  tasks(): RunningTask[] {
    const leaving = [...this.leaving].map(([service, arn]) => [arn, service] as const);
    const running = [...this.services, ...leaving].flatMap(([arn, service]) =>
      service.tasks.map((task) => runningTask(arn, service, task)),
    );
    return [...running, ...this.stopped];
  }

  /** How an instance reaches databases. Close it in the end. */
  async networkOfInstance(id: string): Promise<TaskNetwork> {
    const { Reservations = [] } = await this.clients.ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [id] }),
    );
    const { SecurityGroups = [], SubnetId } = Reservations[0]!.Instances![0]!;
    return this.networkOf({
      securityGroups: SecurityGroups.map(({ GroupId }) => GroupId!),
      subnets: SubnetId === undefined ? [] : [SubnetId],
    });
  }

  /** Ends every task and closes every port. */
  async stop(): Promise<void> {
    this.targets.stop();
    await Promise.all([...this.services.values(), ...this.leaving.keys()].map((service) => service.kill()));
    await this.loadBalancers.stop();
    this.alarmStates.stop();
    await this.databases.stop();
    for (const client of Object.values(this.clients)) client.destroy();
  }

  private networkOf(place: NetworkPlace): TaskNetwork {
    return new TaskNetwork({ ec2: this.clients.ec2, databases: this.databases, place });
  }

  private get tools(): Tools {
    const { authorityFile, missing } = this.databases;
    return missing === undefined ? { ...this.found, authorityFile } : this.found;
  }

  private step(): void {
    for (const service of this.services.values()) service.step();
  }

  private createService(arn: string, wish: ServiceWish): LocalService {
    const service: LocalService = new LocalService(wish, {
      targetGroups: this.targets,
      log: this.options.log,
      createTask: ({ definition, network }, onChange) =>
        new LocalTask({
          definition,
          folder: join(this.options.folder, "tasks"),
          tools: this.tools,
          logs: this.clients.logs,
          logAlarms: this.logAlarms,
          variables: this.options.variables(),
          secret: (valueFrom) => readSecret(this.clients.secrets, valueFrom),
          network: this.networkOf(network),
          onChange: (task) => {
            if (task.status === "STOPPED") this.keep(runningTask(arn, service, task));
            onChange(task);
          },
        }),
    });
    return service;
  }

  private keep(task: RunningTask): void {
    this.stopped.unshift(task);
    this.stopped.splice(MAX_STOPPED);
  }

  private async definition(name: string): Promise<TaskDefinition> {
    const command = new DescribeTaskDefinitionCommand({ taskDefinition: name });
    return (await this.clients.ecs.send(command)).taskDefinition!;
  }

  private canRun({ containerDefinitions = [] }: TaskDefinition): boolean {
    const unknown = containerDefinitions.filter((container) => !programFor(container, this.tools));
    for (const { image = "" } of unknown) {
      if (this.unknownImages.has(image)) continue;
      this.unknownImages.add(image);
      this.options.log(`nothing on this machine runs the image ${image}: its tasks are records`);
    }
    return unknown.length === 0;
  }
}

function wishOf(service: JsonObject, definition: TaskDefinition): ServiceWish {
  const configuration = service.deploymentConfiguration as JsonObject;
  const { securityGroups = [], subnets = [] } = ((service.networkConfiguration as JsonObject | undefined)
    ?.awsvpcConfiguration ?? {}) as Partial<NetworkPlace>;
  const breaker = configuration.deploymentCircuitBreaker as
    { enable: boolean; rollback: boolean } | undefined;
  return {
    name: String(service.serviceName),
    desired: Number(service.desiredCount),
    definition,
    network: { securityGroups, subnets },
    minimumHealthyPercent: Number(configuration.minimumHealthyPercent),
    maximumPercent: Number(configuration.maximumPercent),
    circuitBreaker: breaker ?? { enable: false, rollback: false },
    healthCheckGracePeriodSeconds: Number(service.healthCheckGracePeriodSeconds),
    loadBalancers: ((service.loadBalancers ?? []) as JsonObject[]).map((one) => ({
      targetGroupArn: String(one.targetGroupArn),
      containerPort: Number(one.containerPort),
    })),
  };
}

function runningTask(serviceArn: string, service: LocalService, task: LocalTask): RunningTask {
  const cluster = serviceArn.split("/").at(-2)!;
  const arnOf = (kind: string) => serviceArn.replace(/:service\/.*$/, `:${kind}/${cluster}`);
  return { arn: `${arnOf("task")}/${task.id}`, clusterArn: arnOf("cluster"), serviceArn, service, task };
}
