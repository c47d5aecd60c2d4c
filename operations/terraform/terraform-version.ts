/** S3-native state locks (`use_lockfile`) came with 1.10. */
const MINIMUM_TERRAFORM = "1.10.0";

/**
 * Versions that print the backend's deprecation warning into the JSON of `terraform output`, which cdktf then
 * cannot parse after an apply that did succeed (https://github.com/hashicorp/terraform/issues/38479).
 */
const BROKEN_TERRAFORM: readonly string[] = ["1.15.0", "1.15.1"];

const HOW_TO_MEND = "Install a newer one from https://developer.hashicorp.com/terraform/install.";

/** What is wrong with this Terraform version, or `undefined` if nothing is. */
export function terraformVersionFault(version: string): string | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)(?:-.+)?$/.exec(version);
  if (!parts)
    return `Terraform reports the version "${version}", which is not of the form 1.2.3. ${HOW_TO_MEND}`;
  const [major, minor] = [Number(parts[1]), Number(parts[2])];
  if (major < 1 || (major === 1 && minor < 10)) {
    return `Terraform ${version} is too old: at least ${MINIMUM_TERRAFORM} is needed (S3 state locks). ${HOW_TO_MEND}`;
  }
  if (BROKEN_TERRAFORM.includes(version)) {
    return (
      `Terraform ${version} prints a warning into the JSON of "terraform output", on which cdktf stops after a ` +
      `successful apply. Use any other version from ${MINIMUM_TERRAFORM} on, such as 1.15.2. ${HOW_TO_MEND}`
    );
  }
  return undefined;
}
