import { createPublicKey } from "node:crypto";
import { PutMetricFilterCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateAliasCommand, CreateKeyCommand, GetPublicKeyCommand, type KeySpec } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { keySet } from "../../contract/control-plane";
import { AutomockStack } from "../../stacks/automock/automock-stack";
import { DeployedService, withVariables, type Clients } from "./deployed-service";
import { stagingEnvironment } from "./environments";
import { Template, type Resource } from "./template";

export const CLUSTER = "mock";
export const SERVICE = "mockserver";

/** What `automock-staging` deploys, as its synthesized JSON has it. */
export class MockDeployment extends DeployedService {
  readonly bucket: string;
  readonly objectKey: string;

  /** @param variables values that differ from the synthesized ones, by name */
  constructor(clients: Clients, variables: Readonly<Record<string, string>> = {}) {
    const template = Template.ofApp((app) => new AutomockStack(app, "automock-staging", stagingEnvironment));
    super(clients, template, { cluster: CLUSTER, service: SERVICE });
    this.containers = withVariables(this.containers, variables);
    this.bucket = this.variable("EXPECTATIONS_BUCKET");
    this.objectKey = this.variable("EXPECTATIONS_OBJECT");
  }

  /** The whole line, from bucket to service. Returns the load balancer's address. */
  async create(expectations: unknown): Promise<string> {
    await this.clients.s3.send(new CreateBucketCommand({ Bucket: this.bucket }));
    await this.push(expectations);
    this.containers = withVariables(this.containers, { CONTROL_PLANE_JWKS: await this.signingKey() });
    const address = await this.createService();
    await this.createFilter();
    await this.createAlarm("-refused-expectations");
    return address;
  }

  /** Uploads expectations as a push does. Returns the ETag, by which the tasks name the version. */
  async push(expectations: unknown): Promise<string> {
    const Body = typeof expectations === "string" ? expectations : JSON.stringify(expectations);
    const put = new PutObjectCommand({ Bucket: this.bucket, Key: this.objectKey, Body });
    return (await this.clients.s3.send(put)).ETag!;
  }

  private async createFilter(): Promise<void> {
    const filter = this.template
      .all("aws_cloudwatch_log_metric_filter")
      .find(({ name }) => name === "refused-expectations")!;
    const [transformation] = [filter.metric_transformation as Resource].flat();
    await this.clients.logs.send(
      new PutMetricFilterCommand({
        filterName: filter.name as string,
        logGroupName: filter.log_group_name as string,
        filterPattern: filter.pattern as string,
        metricTransformations: [
          {
            metricName: transformation!.name as string,
            metricNamespace: transformation!.namespace as string,
            metricValue: transformation!.value as string,
          },
        ],
      }),
    );
  }

  /** The key that signs tokens, and its public half as the tasks get it. */
  private async signingKey(): Promise<string> {
    const { kms } = this.clients;
    const { customer_master_key_spec, key_usage } = this.template
      .all("aws_kms_key")
      .find(({ key_usage: usage }) => usage !== undefined)!;
    const { KeyMetadata } = await kms.send(
      new CreateKeyCommand({
        KeySpec: customer_master_key_spec as KeySpec,
        KeyUsage: key_usage as "SIGN_VERIFY",
      }),
    );
    const id = KeyMetadata!.KeyId!;
    const AliasName = this.template
      .all("aws_kms_alias")
      .find(({ name }) => /control-plane/.test(name as string))!.name;
    await kms.send(new CreateAliasCommand({ AliasName: AliasName as string, TargetKeyId: id }));
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: id }));
    const { n } = createPublicKey({
      key: Buffer.from(PublicKey!),
      format: "der",
      type: "spki",
    }).export({ format: "jwk" });
    return keySet([{ id, modulus: n! }]);
  }
}
