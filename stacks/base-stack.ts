import { type TerraformJson } from "../contract/terraform-json";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Aspects, S3Backend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { lockTableName, stateBucketName, stateKey } from "../contract/names";
import { tagsFor, type TagValues } from "../contract/tags";
import type { Environment } from "../environments/schema";
import { AWS_PROVIDER_FLOOR, requireAwsProvider } from "../modules/shared/aws-provider";
import { limitRoles, type RoleLimits } from "../modules/iam/limit-roles";
import { Rules } from "./rules";

/**
 * Supported Terraform releases. 1.10 introduced the S3 lock file. 1.15.0 and 1.15.1 print the `dynamodb_table` warning
 * into the JSON output, so cdktf fails after a successful apply (https://github.com/hashicorp/terraform/issues/38479,
 * fixed in 1.15.2).
 */
const TERRAFORM_VERSIONS = ">= 1.10.0, != 1.15.0, != 1.15.1";

export interface BaseStackProps {
  /** AWS account id. Provider and backend reject any other account. */
  readonly accountId: string;
  /** AWS region of the resources and of the state. */
  readonly region: string;
  /** State lock: DynamoDB table, lock file in the bucket, or both. */
  readonly locking: Environment["locking"];
  /** Tags of every resource. System and environment also form the state key. */
  readonly tags: TagValues;
  /** Boundary and path of every role. */
  readonly roles: RoleLimits;
}

/**
 * Base of all stacks: provider for one account, default tags, state in S3 with a lock, version constraints, and the
 * rules that fail synth. It creates no resources.
 */
export abstract class BaseStack extends TerraformStack {
  /** Tags of every resource. */
  protected readonly tags: TagValues;
  protected roles: RoleLimits;
  private synthesized: unknown;

  protected constructor(scope: Construct, id: string, props: BaseStackProps) {
    super(scope, id);
    const { accountId, region, locking, tags } = props;
    this.roles = props.roles;
    this.tags = tags;

    new AwsProvider(this, "aws", {
      region,
      allowedAccountIds: [accountId],
      defaultTags: [{ tags: tagsFor(tags) }],
    });
    requireAwsProvider(this, AWS_PROVIDER_FLOOR);
    this.addOverride("terraform.required_version", TERRAFORM_VERSIONS);

    const backend = new S3Backend(this, {
      bucket: stateBucketName(accountId, region),
      key: stateKey(tags.system, tags.environment),
      region,
      encrypt: true,
      allowedAccountIds: [accountId],
    });
    // Overrides, because cdktf has no `useLockfile` and copies backend props into cross-stack references.
    if (locking !== "s3") backend.addOverride("dynamodb_table", lockTableName(accountId, region));
    if (locking !== "dynamodb") backend.addOverride("use_lockfile", true);

    Aspects.of(this).add(new Rules());
  }

  /**
   * Applies the role limits. Unlike cdktf's own method, it does not search for cross-stack references, which resolves the
   * whole stack. The rule `ownReferences` ensures that there are none.
   */
  public override prepareStack(): void {
    limitRoles(this, this.roles);
  }

  /**
   * The stack as Terraform JSON, created once, so that synth writes exactly what the rules checked. Constructs added
   * later are not included.
   */
  public override toTerraform(): unknown {
    return (this.synthesized ??= this.completed(super.toTerraform() as TerraformJson));
  }

  /** Hook to add to the JSON what depends on all resources. */
  protected completed(stack: TerraformJson): object {
    return stack;
  }

  /** Adds an output with exactly this name. */
  protected output(name: string, value: string | readonly string[], description: string): void {
    new TerraformOutput(this, name, { value, description, staticId: true });
  }
}
