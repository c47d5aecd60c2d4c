import { terraformVersionFault } from "../../../operations/terraform/terraform-version";

const FIX = "Install a newer one from https://developer.hashicorp.com/terraform/install.";

it.each(["1.10.0", "1.11.4", "1.14.9", "1.15.2", "1.16.0-beta1", "2.0.0"])("takes %s", (version) => {
  expect(terraformVersionFault(version)).toBeUndefined();
});

it.each(["0.15.5", "1.9.8", "1.0.0"])("refuses %s as too old", (version) => {
  expect(terraformVersionFault(version)).toBe(
    `Terraform ${version} is too old: 1.10.0 or newer is required (S3 state locks). ${FIX}`,
  );
});

it.each(["1.15.0", "1.15.1"])("refuses %s, whose outputs cdktf cannot read", (version) => {
  expect(terraformVersionFault(version)).toBe(
    `Terraform ${version} prints a warning into the JSON of "terraform output", which makes cdktf fail after a ` +
      `successful apply. Use another version from 1.10.0, such as 1.15.2. ${FIX}`,
  );
});

it.each(["", "v1.11.4", "1.11", "undefined"])("refuses the unreadable version %p", (version) => {
  expect(terraformVersionFault(version)).toBe(
    `Terraform reports the version "${version}", which is not of the form 1.2.3. ${FIX}`,
  );
});
