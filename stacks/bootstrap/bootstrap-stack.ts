import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import { subscribersOf, type Subscriber } from "../../contract/audience";
import { DATABASE_KEY_PURPOSE } from "../../contract/database-key";
import type { Names } from "../../contract/names";
import { boundaryArn, boundaryName } from "../../contract/permissions-boundary";
import type { BootstrapSettings, Environment } from "../../environments/schema";
import { permanentDomains, permanentNames } from "../../environments/schema/permanent-names";
import { SERVICES, servicesOf, stackId } from "../../environments/schema/systems";
import { tagsFor } from "../../contract/tags";
import { testBoundaryArn } from "../../contract/test-run";
import { reaperNames } from "../../contract/reaper";
import { ApplyRole } from "../../modules/iam/apply-role";
import { BootstrapBoundary } from "../../modules/iam/bootstrap-boundary";
import { PermissionsBoundary } from "../../modules/iam/permissions-boundary";
import { PlanRole } from "../../modules/iam/plan-role";
import { CustomerKey } from "../../modules/shared/customer-key";
import { StateBackend } from "../../modules/state-backend/state-backend";
import { TestEnvironments } from "../../modules/test-environments/test-environments";
import { Reaper } from "../../modules/ttl-cleanup/reaper";
import type { ReaperCode } from "../../modules/ttl-cleanup/reaper-function";
import { BaseStack } from "../base-stack";

export interface BootstrapStackProps {
  /** All in one account and region, at least one. The first gives owner, cost center and locking. */
  readonly environments: readonly Environment[];
  readonly settings: BootstrapSettings;
  readonly reaperCode: ReaperCode;
}

/**
 * What all environments in an account and region share: state bucket, lock table, the reaper with its registry and
 * notifications, and the pipeline roles. No pipeline applies this stack, so none can change its own role. `npm run
 * bootstrap` deploys it, first with a local state that it then migrates into the bucket.
 *
 * Cost: about $4 a month for the reaper's alarms, metrics and keys; cents for states and lock requests.
 */
export class BootstrapStack extends BaseStack {
  constructor(scope: Construct, id: string, props: BootstrapStackProps) {
    const { environments, settings, reaperCode } = props;
    const { accountId, region, owner, costCenter, locking, iam } = environments[0]!;
    super(scope, id, {
      accountId,
      region,
      locking,
      tags: { system: "bootstrap", environment: "shared", owner, costCenter, ephemeral: false },
      // Names of these roles are known everywhere, so they have no path. Where the account has no boundary of its own,
      // they get one below.
      roles: { permissionsBoundaryArn: iam?.permissionsBoundaryArn },
    });

    const state = new StateBackend(this, "state-backend", { accountId, region });
    const reaper = new Reaper(this, "ttl-cleanup", {
      accountId,
      region,
      code: reaperCode,
      operators: settings.operators,
      subscribers: audienceOf(settings, environments),
      accountAliases: settings.accountAliases,
      limits: {
        permanentNames: permanentNames(environments),
        ephemeralDomains: settings.ephemeralDomains,
        permanentDomains: permanentDomains(environments),
      },
    });
    const { names } = reaperNames(accountId, region);
    this.boundaries(names, environments);
    if (iam?.permissionsBoundaryArn === undefined)
      this.roles = { permissionsBoundaryArn: this.ownBoundary(environments) };
    this.databaseKeys(names, environments);
    this.testEnvironments(names, settings);
    for (const environment of environments) {
      const { name, delivery, iam } = environment;
      if (delivery === undefined) continue;
      // Only here do ids contain the environment's name, because the stack has roles for several environments.
      if (delivery.plan) {
        const { roleArn } = new PlanRole(this, `plan-${name}`, {
          names,
          trust: delivery.plan,
          environment: name,
        });
        this.output(
          `plan_role_${name}`,
          roleArn,
          "Role with which a pipeline plans every stack of the account",
        );
      }
      const { roleArn } = new ApplyRole(this, `apply-${name}`, {
        names,
        trust: delivery.apply,
        environment: name,
        systems: servicesOf(environment).map((system) => system.id),
        boundaryArn: iam?.permissionsBoundaryArn ?? boundaryArn(environment, { environment: name }),
        rolePath: iam?.path,
        domainNames: servicesOf(environment).flatMap(({ values: { domain } }) =>
          domain ? [domain.name, ...domain.subjectAlternativeNames] : [],
        ),
      });
      this.output(`apply_role_${name}`, roleArn, `Role with which a pipeline applies the stacks of ${name}`);
    }

    this.output("state_bucket", state.bucketName, "Bucket that holds the state of every stack");
    this.output("lock_table", state.lockTableName, "Table that locks the states");
    this.output("registry_table", reaper.registryTableName, "Table of the ephemeral environments");
    this.output("reaper_function", reaper.functionName, "Lambda that removes expired environments");
    this.output("notification_topic", reaper.topicArn, "Topic of the reaper's warnings and reports");
    this.output("alarm_topic", reaper.alarmTopicArn, "Topic of the reaper's alarms");
  }

  /** What test environments find in the account, and the roles of their pipelines. */
  private testEnvironments(names: Names, { testEnvironments: { pipelines } }: BootstrapSettings): void {
    const { roleArns } = new TestEnvironments(this, "test-environments", { names, pipelines });
    for (const [pipeline, arn] of Object.entries(roleArns))
      this.output(`test_env_role_${pipeline.replaceAll("-", "_")}`, arn, `Role with which ${pipeline} runs test environments`); // prettier-ignore
  }

  /** Keys of the databases and, in other regions, of the copies of their backups, if there is a database. */
  private databaseKeys(names: Names, environments: readonly Environment[]): void {
    const databases = environments.flatMap(({ taskApi }) => taskApi?.database ?? []);
    if (databases.length === 0) return;
    const key = { names, purpose: DATABASE_KEY_PURPOSE, preventDestroy: true };
    new CustomerKey(this, "database-key", { ...key, description: "Databases, their snapshots and backups" });
    for (const region of new Set(databases.flatMap(({ copyBackupsTo }) => copyBackupsTo ?? []))) {
      new CustomerKey(this, `database-key-${region}`, {
        ...key,
        description: `Copies of database backups from ${names.region}`,
        provider: new AwsProvider(this, `aws-${region}`, {
          alias: region,
          region,
          allowedAccountIds: [names.accountId],
          defaultTags: [{ tags: tagsFor(this.tags) }],
        }),
      });
    }
  }

  /** The boundary of this stack's roles; returns its ARN (a token). */
  private ownBoundary(environments: readonly Environment[]): string {
    const { accountId, region } = environments[0]!;
    const place = { accountId, region };
    const ofEnvironments = environments.map(
      ({ name, ttlHours, iam }) =>
        iam?.permissionsBoundaryArn ??
        boundaryArn(place, ttlHours === undefined ? { environment: name } : "ephemeral"),
    );
    return new BootstrapBoundary(this, "roles-boundary", {
      reaper: reaperNames(accountId, region),
      boundaryArns: [...new Set([...ofEnvironments, testBoundaryArn(place)])].sort(),
    }).policyArn;
  }

  /** One for each environment that stays, and one that all ephemeral ones share: they come without a bootstrap. */
  private boundaries(names: Names, environments: readonly Environment[]): void {
    const place = { accountId: names.accountId, region: names.region };
    const prefixesOf = (environment: string) => SERVICES.map(({ id }) => `${stackId(id, environment)}-`);
    const permanent = environments.filter(({ ttlHours }) => ttlHours === undefined);
    const lasting = permanent.map(({ name }) => name);
    for (const { name: environment, admin } of permanent) {
      new PermissionsBoundary(this, `boundary-${environment}`, {
        names,
        policyName: boundaryName(place, { environment }),
        prefixes: [...prefixesOf(environment), ...(admin ? [`${stackId("admin", environment)}-`] : [])],
        adminBoxesOf: admin && environment,
      });
    }
    new PermissionsBoundary(this, "ephemeral-boundary", {
      names,
      policyName: boundaryName(place, "ephemeral"),
      prefixes: SERVICES.map(({ id }) => `${id}-`),
      notPrefixes: lasting.flatMap(prefixesOf),
    });
  }
}

/** Who receives the reaper's notices: the operators, the teams of the settings, and the environments' own addresses. */
function audienceOf(
  { operators, teams }: BootstrapSettings,
  environments: readonly Environment[],
): Subscriber[] {
  const ephemeral = environments.filter(({ ttlHours }) => ttlHours !== undefined);
  return subscribersOf(operators, [
    ...Object.entries(teams),
    ...ephemeral.map(({ owner, notifications }) => [owner, notifications.emails] as const),
  ]);
}
