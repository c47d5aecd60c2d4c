import { randomBytes } from "node:crypto";

/** Credentials of one local AWS, whose gateway refuses every call with another access key. */
export interface LocalCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface LocalVariablesOptions {
  readonly credentials: LocalCredentials;
  /** `http://127.0.0.1:<port>` of the gateway. */
  readonly endpoint: string;
  readonly region: string;
  /** An empty file in place of the user's AWS config and credentials. */
  readonly emptyAwsConfig: string;
  /** Terraform CLI config; the user's own if absent. */
  readonly terraformConfig?: string;
}

/** Variables of the caller that could bypass the local AWS, or change what terraform does. */
const FOREIGN =
  /^(AWS_|TF_VAR_|TF_CLI_ARGS|TF_WORKSPACE$|TF_DATA_DIR$|TF_PLUGIN_CACHE_DIR$|NO_PROXY$|no_proxy$|http_proxy$)/;

/**
 * Environment for terraform, cdktf and the AWS SDK against the local AWS. The synthesized files stay those of
 * production: only this environment has the endpoint and the credentials.
 *
 * @param base environment to start from
 * @param variables of a local AWS, from `localVariables`
 */
export function withLocalAws(
  base: NodeJS.ProcessEnv,
  variables: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  const kept = Object.entries(base).filter(([name]) => !FOREIGN.test(name));
  return { ...Object.fromEntries(kept), ...variables };
}

/** Settings of an SDK client for a local AWS. */
export interface LocalClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: LocalCredentials;
  readonly forcePathStyle: true;
}

/** New random credentials. Anyone who knows the access key can run code on this machine. */
export function randomCredentials(): LocalCredentials {
  return {
    accessKeyId: `LOCAL${randomBytes(16).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64url"),
  };
}

/**
 * Settings of an SDK client for the local AWS of an environment.
 *
 * @param env result of `withLocalAws`, or the variables of a session
 * @throws Error if the environment has no local AWS
 */
export function localClientConfig(
  env: NodeJS.ProcessEnv | Readonly<Record<string, string>>,
  region: string,
): LocalClientConfig {
  const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = env;
  if (!endpoint || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error("The environment has no local AWS: endpoint or access key is missing.");
  }
  return {
    region,
    endpoint,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    forcePathStyle: true,
  };
}

/** The variables that select a local AWS. The access key in them is a secret. */
export function localVariables(options: LocalVariablesOptions): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: options.endpoint,
    AWS_ACCESS_KEY_ID: options.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: options.credentials.secretAccessKey,
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: options.emptyAwsConfig,
    AWS_SHARED_CREDENTIALS_FILE: options.emptyAwsConfig,
    // S3 Control puts the account id before the host name, which no resolver knows, so the gateway is the proxy for these
    // calls. Go and the SDK use no proxy for loopback addresses, so no other calls are affected.
    HTTP_PROXY: options.endpoint,
    ...(options.terraformConfig && { TF_CLI_CONFIG_FILE: options.terraformConfig }),
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    DISABLE_VERSION_CHECK: "1",
    // Without it cdktf sets a plugin cache, into which terraform would copy the provider (700 MB) from the mirror.
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    CI: "true", // cdktf then prints plain lines
    NO_COLOR: "1",
    FORCE_COLOR: "0",
  };
}
