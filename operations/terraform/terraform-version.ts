/** First version with S3-native state locks (`use_lockfile`). */
const MINIMUM_TERRAFORM = "1.10.0";

/**
 * Versions that print the backend's deprecation warning into the JSON of `terraform output`, which cdktf then
 * cannot parse after a successful apply (https://github.com/hashicorp/terraform/issues/38479).
 */
const BROKEN_TERRAFORM: readonly string[] = ["1.15.0", "1.15.1"];

const HOW_TO_FIX = "Install a newer one from https://developer.hashicorp.com/terraform/install.";

/** What is wrong with this Terraform version; `undefined` if it is supported. */
export function terraformVersionFault(version: string): string | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)(?:-.+)?$/.exec(version);
  if (!parts)
    return `Terraform reports the version "${version}", which is not of the form 1.2.3. ${HOW_TO_FIX}`;
  const [major, minor] = [Number(parts[1]), Number(parts[2])];
  if (major < 1 || (major === 1 && minor < 10)) {
    return `Terraform ${version} is too old: ${MINIMUM_TERRAFORM} or newer is required (S3 state locks). ${HOW_TO_FIX}`;
  }
  if (BROKEN_TERRAFORM.includes(version)) {
    return (
      `Terraform ${version} prints a warning into the JSON of "terraform output", which makes cdktf fail after a ` +
      `successful apply. Use another version from ${MINIMUM_TERRAFORM}, such as 1.15.2. ${HOW_TO_FIX}`
    );
  }
  return undefined;
}
