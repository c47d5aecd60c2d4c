/** Tag keys. They are read by the reaper and by cost reports: renaming one is a migration. */
export const TAG = {
  system: "automock:system",
  environment: "automock:environment",
  owner: "automock:owner",
  costCenter: "automock:cost-center",
  ephemeral: "automock:ephemeral",
  managedBy: "automock:managed-by",
  /** Optional: `true` on a resource keeps the reaper away from it, set by hand. */
  protected: "automock:protected",
} as const;

/** Every resource that can carry tags must carry these. */
export const REQUIRED_TAGS: readonly string[] = Object.values(TAG).filter((key) => key !== TAG.protected);

export interface TagValues {
  readonly system: string;
  readonly environment: string;
  /** Team or person to ask. */
  readonly owner: string;
  /** Who pays. */
  readonly costCenter: string;
  /** True when the environment has a time to live. */
  readonly ephemeral: boolean;
}

/**
 * The tags of a stack, for the provider's `default_tags`. All values are known at synth: a computed value
 * in `default_tags` is not supported (https://github.com/hashicorp/terraform-provider-aws/issues/18311).
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
