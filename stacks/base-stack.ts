import { type TerraformJson } from "../contract/terraform-json";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Aspects, S3Backend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { lockTableName, stateBucketName, stateKey } from "../contract/names";
import { tagsFor, type TagValues } from "../contract/tags";
import type { Environment } from "../environments";
import { AWS_PROVIDER_FLOOR, requireAwsProvider } from "../modules/shared/aws-provider";
import { limitRoles, type RoleLimits } from "../modules/iam/limit-roles";
import { Rules } from "./rules";

/**
 * Terraform releases that may run a stack. The S3 lock file exists since 1.10. Releases 1.15.0 and 1.15.1
 * print the warning about `dynamodb_table` into the JSON that cdktf reads, which fails after an apply that
 * has succeeded (https://github.com/hashicorp/terraform/issues/38479, fixed in 1.15.2).
 */
const TERRAFORM_VERSIONS = ">= 1.10.0, != 1.15.0, != 1.15.1";

export interface BaseStackProps {
  /** AWS account id; provider and backend refuse any other. */
  readonly accountId: string;
  /** AWS region of the resources and of the state. */
  readonly region: string;
  /** What locks the state: the DynamoDB table, a lock file in the bucket, or both. */
  readonly locking: Environment["locking"];
  /** Tags of every resource; system and environment are also the key of the state. */
  readonly tags: TagValues;
  /** Boundary and path of every role. */
  readonly roles: RoleLimits;
}

/**
 * A stack with what all have in common: provider for one account, default tags, state in S3 with a lock,
 * version constraints, and the rules that fail synth. It creates no resource.
 */
export abstract class BaseStack extends TerraformStack {
  /** Tags of every resource. */
  protected readonly tags: TagValues;
  private readonly roles: RoleLimits;
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
    // As overrides: cdktf has no `useLockfile`, and copies backend props into cross-stack references.
    if (locking !== "s3") backend.addOverride("dynamodb_table", lockTableName(accountId, region));
    if (locking !== "dynamodb") backend.addOverride("use_lockfile", true);

    Aspects.of(this).add(new Rules());
  }

  /**
   * Completes the roles. cdktf would resolve the whole stack here to find references to other stacks; there are none, which the rule
   * `ownReferences` checks, and every stack has its backend.
   */
  public override prepareStack(): void {
    limitRoles(this, this.roles);
  }

  /**
   * The stack as Terraform JSON, made once: the rules read it, then synth writes it. Whatever is added to the
   * stack after the rules have looked would be missing, as it would be missing from what they checked.
   */
  public override toTerraform(): unknown {
    return (this.synthesized ??= this.completed(super.toTerraform() as TerraformJson));
  }

  /** Adds to the JSON what follows from all the rest of it; nothing by default. */
  protected completed(stack: TerraformJson): object {
    return stack;
  }

  /** Adds an output with exactly this name; the CLI and the demo read it. */
  protected output(name: string, value: string | readonly string[], description: string): void {
    new TerraformOutput(this, name, { value, description, staticId: true });
  }
}
