import { DynamodbTableItem } from "@cdktf/provider-aws/lib/dynamodb-table-item";
import { dependable, Fn, TerraformResource, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { LIVING_PHASES } from "../../contract/extension";
import { reaperNames } from "../../contract/reaper";
import { MAX_LIFETIME_HOURS, REGISTRY_KEY, ttlFault, type StateRef } from "../../contract/registry";
import { newRecordItem } from "../../registry/new-record";
import { escapeTemplate } from "../shared/policy-document";

export interface EnvironmentTtlProps {
  /** `environment.name`. */
  readonly environment: string;
  readonly system: string;
  /** Team or person who deploys it; nobody else may, while it lives. */
  readonly owner: string;
  readonly accountId: string;
  readonly region: string;
  /** Hours from the first deploy to the removal, within `TTL_HOURS`. A later change has no effect, and plans say so. */
  readonly ttlHours: number;
  /** Where the stack's state lies, and what locks it. */
  readonly state: StateRef;
  /** IANA time zone of the people who are warned. @default UTC alone */
  readonly timeZone?: string;
  /** US dollars per hour, for the reports: a number, or a Terraform expression of one. @default not reported */
  readonly hourlyCostUsd?: number | string;
  /** Number of resources without a price, which are not in that figure; likewise. @default not reported */
  readonly hourlyCostUnpriced?: number | string;
}

/**
 * The time to live of an ephemeral environment: its creation time, fixed at the first deploy, and its record in
 * the registry, written before anything else, so that a deployment that fails half-way is deleted as well.
 * `cdktf deploy` is all it takes: the reaper arms the schedules when it sees the record.
 *
 * From then on the registry is the truth. A deploy fails at the plan when the record says that someone else
 * owns the environment, or that it is being removed.
 *
 * @throws Error when `ttlHours` is not a whole number within `TTL_HOURS`
 */
export class EnvironmentTtl extends Construct {
  /** Expiry at the first deploy (a token); extensions are in the registry only. */
  public readonly expiresAt: string;
  private readonly record: DynamodbTableItem;
  /** What waits already, or comes before the record. */
  private readonly settled: Set<TerraformResource>;

  constructor(scope: Construct, id: string, props: EnvironmentTtlProps) {
    super(scope, id);
    const { environment, owner, accountId, region, ttlHours } = props;
    const fault = ttlFault(ttlHours);
    if (fault !== undefined) throw new Error(`${fault} (environment ${environment}).`);

    // Not cdktf's `DataResource`: that one runs `terraform version` at every synth, which must not need terraform.
    const created = new TerraformResource(this, "created", {
      terraformResourceType: "terraform_data",
      terraformGeneratorMetadata: { providerName: "terraform" },
      lifecycle: { ignoreChanges: ["input"] },
    });
    created.addOverride("input", Fn.timestamp());
    const createdAt = Fn.tostring(created.getStringAttribute("output"));
    this.expiresAt = Fn.timeadd(createdAt, `${ttlHours}h`);
    const record = new DynamodbTableItem(this, "registry-record", {
      tableName: reaperNames(accountId, region).registryTableName,
      hashKey: REGISTRY_KEY.partition,
      rangeKey: REGISTRY_KEY.sort,
      item: JSON.stringify(
        newRecordItem({
          environment,
          system: props.system,
          owner: escapeTemplate(owner),
          accountId,
          region,
          createdAt,
          ttlHours,
          expiresAt: this.expiresAt,
          maxExpiresAt: Fn.timeadd(createdAt, `${MAX_LIFETIME_HOURS}h`),
          stateRef: props.state,
          timeZone: props.timeZone,
          hourlyCostUsd: props.hourlyCostUsd,
          hourlyCostUnpriced: props.hourlyCostUnpriced,
        }),
      ),
    });
    // By override: cdktf has no `self`. With `item` ignored, `self.item` is what the registry says at the plan.
    record.addOverride("lifecycle", {
      ignore_changes: ["item"],
      postcondition: refusals(environment, owner),
    });
    // A check only warns: the deploy goes on, with the life that the registry knows.
    TerraformStack.of(this).addOverride("check.time_to_live", {
      assert: [changedTtl(props, `aws_dynamodb_table_item.${record.friendlyUniqueId}`)],
    });
    this.record = record;
    this.settled = new Set<TerraformResource>([created, record]);
  }

  /**
   * Makes every other resource of the stack wait for the record, and so be destroyed before it. To be called
   * when the stack is complete: in its `prepareStack`. Twice is harmless.
   */
  public holdBackTheStack(): void {
    for (const node of TerraformStack.of(this).node.findAll()) {
      if (!TerraformResource.isTerraformResource(node) || this.settled.has(node)) continue;
      node.dependsOn = [...(node.dependsOn ?? []), dependable(this.record)];
      this.settled.add(node);
    }
  }
}

/** What a plan says when the file names another time to live than the one that the environment was created with. */
function changedTtl(
  { system, environment, ttlHours }: EnvironmentTtlProps,
  address: string,
): Readonly<Record<string, string>> {
  const item = `jsondecode(${address}.item)`;
  return {
    condition: `\${tonumber(${item}.ttlHours.N) == ${ttlHours}}`,
    error_message: `ttlHours is ${ttlHours} in the file of ${environment}, but it was created with \${${item}.ttlHours.N}: a change has no effect on an environment that lives until \${${item}.expiresAt.S}. To keep it longer, run npx automock extend ${system}-${environment} --by 2h.`,
  };
}

/** When a deploy must not go on, and what it says then. */
function refusals(environment: string, owner: string): readonly Record<string, string>[] {
  const value = (attribute: string) => `jsondecode(self.item).${attribute}.S`;
  return [
    {
      condition: `\${${value("owner")} == ${JSON.stringify(escapeTemplate(owner))}}`,
      error_message: `The environment ${environment} belongs to \${${value("owner")}} since \${${value("createdAt")}}, until \${${value("expiresAt")}}. Take another name, or ask them.`,
    },
    {
      condition: `\${contains(${JSON.stringify(LIVING_PHASES)}, ${value("phase")})}`,
      error_message: `The environment ${environment} of \${${value("owner")}} expired at \${${value("expiresAt")}} and is being removed (phase \${${value("phase")}}). Deploy again when that is done; docs/runbooks/ttl-cleanup.md says what to do if it is stuck.`,
    },
  ];
}
