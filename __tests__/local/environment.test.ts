import { localClientConfig, localVariables, randomCredentials, withLocalAws } from "../../local/environment";

const options = {
  credentials: { accessKeyId: "LOCAL1", secretAccessKey: "secret" },
  endpoint: "http://127.0.0.1:1",
  region: "eu-west-1",
  emptyAwsConfig: "/scratch/aws-config",
};
const ADDED = {
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  AWS_ACCESS_KEY_ID: "LOCAL1",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_REGION: "eu-west-1",
  AWS_DEFAULT_REGION: "eu-west-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/scratch/aws-config",
  AWS_SHARED_CREDENTIALS_FILE: "/scratch/aws-config",
  HTTP_PROXY: "http://127.0.0.1:1",
  TF_IN_AUTOMATION: "1",
  CHECKPOINT_DISABLE: "1",
  DISABLE_VERSION_CHECK: "1",
  CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
  CI: "true",
  NO_COLOR: "1",
  FORCE_COLOR: "0",
};

const inside = (base: NodeJS.ProcessEnv, terraformConfig?: string) =>
  withLocalAws(base, localVariables({ ...options, terraformConfig }));

it("keeps the caller's environment and adds the local AWS", () => {
  expect(inside({ PATH: "/bin", HTTPS_PROXY: "p" })).toEqual({
    PATH: "/bin",
    HTTPS_PROXY: "p",
    ...ADDED,
  });
});

it("lets nothing through that leads to a real account or changes what terraform does", () => {
  const base = {
    AWS_PROFILE: "prod",
    AWS_SESSION_TOKEN: "t",
    AWS_ENDPOINT_URL_S3: "https://s3.amazonaws.com",
    AWS_ROLE_ARN: "r",
    TF_VAR_x: "1",
    TF_CLI_ARGS_plan: "-destroy",
    TF_WORKSPACE: "w",
    TF_DATA_DIR: "d",
    TF_PLUGIN_CACHE_DIR: "c",
    NO_PROXY: "*",
    no_proxy: "*",
    http_proxy: "http://elsewhere",
  };
  expect(inside(base)).toEqual(ADDED);
});

it("names the Terraform CLI config when there is a mirror, and leaves the caller's otherwise", () => {
  const base = { TF_CLI_CONFIG_FILE: "own" };
  expect(inside(base).TF_CLI_CONFIG_FILE).toBe("own");
  expect(inside(base, "/scratch/rc").TF_CLI_CONFIG_FILE).toBe("/scratch/rc");
});

it("every local AWS has credentials of its own, in the form of AWS", () => {
  const [one, two] = [randomCredentials(), randomCredentials()];
  expect(one.accessKeyId).toMatch(/^LOCAL[0-9A-F]{32}$/);
  expect(one.secretAccessKey).toMatch(/^[\w-]{40}$/);
  expect(two.accessKeyId).not.toBe(one.accessKeyId);
  expect(two.secretAccessKey).not.toBe(one.secretAccessKey);
});

it("SDK clients take endpoint and credentials from the environment, and are not built without them", () => {
  expect(localClientConfig(inside({}), "eu-west-1")).toEqual({
    region: "eu-west-1",
    endpoint: "http://127.0.0.1:1",
    credentials: options.credentials,
    forcePathStyle: true,
  });
  for (const name of ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
    expect(() => localClientConfig({ ...inside({}), [name]: undefined }, "eu-west-1")).toThrow(
      "The environment has no local AWS: endpoint or access key is missing.",
    );
  }
});
