/** Tag keys. The reaper and cost reports read them, so renaming one is a migration. */
export const TAG = {
  system: "automock:system",
  environment: "automock:environment",
  owner: "automock:owner",
  costCenter: "automock:cost-center",
  ephemeral: "automock:ephemeral",
  managedBy: "automock:managed-by",
  /** Optional, set by hand: `true` keeps the reaper from deleting the resource. */
  protected: "automock:protected",
} as const;

/** Required on every resource that supports tags. */
export const REQUIRED_TAGS: readonly string[] = Object.values(TAG).filter((key) => key !== TAG.protected);

export interface TagValues {
  readonly system: string;
  readonly environment: string;
  /** Team or person to contact. */
  readonly owner: string;
  readonly costCenter: string;
  /** Whether the environment has a time to live. */
  readonly ephemeral: boolean;
}

/**
 * A stack's tags, for the provider's `default_tags`. These do not support values that are known only after apply:
 * https://github.com/hashicorp/terraform-provider-aws/issues/18311
 */
export function tagsFor(values: TagValues): Record<string, string> {
  return {
    [TAG.system]: values.system,
    [TAG.environment]: values.environment,
    [TAG.owner]: values.owner,
    [TAG.costCenter]: values.costCenter,
    [TAG.ephemeral]: String(values.ephemeral),
    [TAG.managedBy]: "cdktf",
  };
}
