import { type TerraformJson } from "../../contract/terraform-json";
import { Annotations } from "cdktf";
import type { Construct } from "constructs";
import { taskSize } from "../../contract/fargate";
import { MEMORY_SCALE_IN_PERCENT } from "../../contract/mockserver-memory";
import { tokenAudience } from "../../contract/control-plane";
import type { Environment } from "../../environments/schema";
import { isUncheckedMockServer, MOCKSERVER_VERSION } from "../../contract/mockserver-version";
import { sectionOf, type SectionValues } from "../../environments/schema/systems";
import { ConfigBucket } from "../../modules/config-bucket/config-bucket";
import {
  MOCKSERVER_CONTAINER,
  MOCKSERVER_PORT,
  mockServerContainers,
  type MockServerContainersProps,
} from "../../modules/mockserver/containers";
import { ControlPlaneKeys } from "../../modules/mockserver/control-plane-keys";
import { ControlPlaneRules } from "../../modules/mockserver/control-plane-rules";
import { mockServerImage, READINESS_PATH } from "../../modules/mockserver/image";
import { RefusedExpectations } from "../../modules/mockserver/refused-expectations";
import type { EnvironmentTtl } from "../../modules/ttl-cleanup/environment-ttl";
import { WebService } from "../../modules/web-service/web-service";
import { SystemStack } from "../system-stack";
import { withHourlyCost } from "./hourly-cost";
import { timeToLive } from "./time-to-live";

/** Generous estimate of the start time of loader and JVM on a quarter of a vCPU. */
const START_SECONDS = 120;

/** At these levels of CPU and memory the last scaling step has already added tasks. */
const THRESHOLDS = { serverErrors: 5, cpuPercent: 90, memoryPercent: 90 };

/**
 * A mock API: MockServer on Fargate behind a load balancer, 1 to 200 tasks, with its own network, certificate and
 * expectations in S3. An ephemeral one has a time to live and no monitoring, because it is too short-lived for it.
 *
 * Cost: docs/costs.md. The largest parts are tasks, NAT gateways and the load balancer.
 */
export class AutomockStack extends SystemStack {
  private readonly ttl: EnvironmentTtl | undefined;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id, "automock", environment);
    const automock = sectionOf(environment, "automock");
    const isEphemeral = environment.ttlHours !== undefined;
    this.ttl = timeToLive(this, environment);

    const common = this.commonProps("automock");
    const topic = isEphemeral ? undefined : this.notificationTopic();
    const configBucket = new ConfigBucket(this, "config-bucket", {
      names: this.names,
      forceDestroy: isEphemeral,
    });
    const size = taskSize(automock.size);
    const controlPlaneCidrs = this.controlPlaneCidrs(automock);
    const controlPlane = this.controlPlane(automock, controlPlaneCidrs);
    if (isUncheckedMockServer(automock.imageVersion)) {
      Annotations.of(this).addWarning(
        `automock.imageVersion ${automock.imageVersion} is newer than ${MOCKSERVER_VERSION}, the newest whose control routes the listener rules are known to close. ` +
          (controlPlane === "networksOnly"
            ? `Use ${MOCKSERVER_VERSION}, or remove controlPlaneAuthentication: "networksOnly", so that MockServer refuses them itself.`
            : `MockServer itself refuses requests without a token; ${MOCKSERVER_VERSION} is the newest version for which this was tested.`),
      );
    }
    const service = new WebService(this, "web", {
      ...common,
      allowedCidrs: [...automock.apiAllowedCidrs, ...automock.controlPlaneAllowedCidrs],
      container: { name: MOCKSERVER_CONTAINER, port: MOCKSERVER_PORT },
      task: {
        size,
        ...mockServerContainers({
          image: mockServerImage(automock.imageVersion, automock.imageDigest),
          size,
          expectations: { bucketName: configBucket.bucketName, key: configBucket.expectationsKey },
          region: environment.region,
          controlPlane,
        }),
        statements: [configBucket.readStatement],
        dependsOn: [configBucket.ready],
      },
      healthCheck: { path: READINESS_PATH },
      healthCheckGraceSeconds: START_SECONDS,
      capacity: automock.capacity,
      deployment: automock.deployment,
      deploys: automock.deploys,
      rulesBefore: (target) =>
        new ControlPlaneRules(this, "control-plane", { ...target, controlPlaneCidrs }).ready,
      scaling: { ...automock.scaling, memoryScaleInPercent: MEMORY_SCALE_IN_PERCENT },
      // Mocks may be slow or return errors on purpose, so only the load balancer's own errors count.
      monitoring: topic && {
        topic,
        thresholds: THRESHOLDS,
        serverErrorsOf: "loadBalancer",
        panels: (dependsOn) => [
          new RefusedExpectations(this, "refused-expectations", { names: this.names, dependsOn }).panel,
        ],
      },
    });

    this.output("mock_url", service.entrance.url, "Where the mocks answer");
    this.output(
      "alb_dns_name",
      service.entrance.loadBalancer.dnsName,
      "Name that AWS gave the load balancer",
    );
    this.output("config_bucket", configBucket.bucketName, "Bucket of the expectations");
    this.output("expectations_key", configBucket.expectationsKey, "Object to upload expectations to");
    if (this.ttl) {
      this.output("expires_at", this.ttl.expiresAt, "When the environment is removed, unless it is extended");
    }
    this.serviceOutputs(service, common.networking, { topic });
  }

  public override prepareStack(): void {
    super.prepareStack();
    this.ttl?.holdBackTheStack();
  }

  protected override completed(stack: TerraformJson): object {
    return this.ttl ? withHourlyCost(stack) : stack;
  }

  /**
   * Networks that can reach the control plane. ECS shifts traffic between target groups only in the rule for all
   * paths, so a control plane rule would keep pointing at the old target group.
   */
  private controlPlaneCidrs(automock: SectionValues<"automock">): readonly string[] {
    const { deployment, controlPlaneAllowedCidrs } = automock;
    if (controlPlaneAllowedCidrs.length === 0) return [];
    if (deployment.strategy === "rolling") return controlPlaneAllowedCidrs;
    Annotations.of(this).addWarning(
      `With deployment strategy "${deployment.strategy}", the control plane is not reachable through the load balancer, ` +
        "even from controlPlaneAllowedCidrs. Upload expectations instead, or use the strategy rolling.",
    );
    return [];
  }

  /** Who may send control requests, as MockServer decides it. */
  private controlPlane(
    { controlPlaneAuthentication: authentication }: SectionValues<"automock">,
    cidrs: readonly string[],
  ): MockServerContainersProps["controlPlane"] {
    if (cidrs.length === 0) return "closed";
    if (authentication === "networksOnly") {
      Annotations.of(this).addWarning(
        "Everyone in the networks of controlPlaneAllowedCidrs may read, change and stop the mocks, without signing in. " +
          `Remove controlPlaneAuthentication: "networksOnly", so that MockServer asks for a token (npx automock control-plane token ${this.node.id}), ` +
          "or remove controlPlaneAllowedCidrs, and change expectations by upload.",
      );
      return authentication;
    }
    const keys = new ControlPlaneKeys(this, "control-plane-keys", {
      names: this.names,
      generation: authentication.keyGeneration,
    });
    this.output(
      "control_plane_key_arn",
      keys.signingKeyArn,
      "KMS key whose kms:Sign opens the control plane",
    );
    return { keySet: keys.keySet, audience: tokenAudience(this.names) };
  }
}
