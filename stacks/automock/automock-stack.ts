import { type TerraformJson } from "../../contract/terraform-json";
import { Annotations } from "cdktf";
import type { Construct } from "constructs";
import { taskSize } from "../../contract/fargate";
import { MEMORY_SCALE_IN_PERCENT } from "../../contract/mockserver-memory";
import type { Environment } from "../../environments";
import { sectionOf, type SectionValues } from "../../environments/systems";
import { ConfigBucket } from "../../modules/config-bucket/config-bucket";
import {
  MOCKSERVER_CONTAINER,
  MOCKSERVER_PORT,
  mockServerContainers,
} from "../../modules/mockserver/containers";
import { ControlPlaneRules } from "../../modules/mockserver/control-plane-rules";
import { mockServerImage, READINESS_PATH } from "../../modules/mockserver/image";
import type { EnvironmentTtl } from "../../modules/ttl-cleanup/environment-ttl";
import { WebService } from "../../modules/web-service/web-service";
import { SystemStack } from "../system-stack";
import { withHourlyCost } from "./hourly-cost";
import { timeToLive } from "./time-to-live";

/** Time for loader and JVM to start on a quarter of a vCPU, generously estimated. */
const START_SECONDS = 120;

/** CPU and memory are those where the last step of the scaling has added all it can. */
const THRESHOLDS = { serverErrors: 5, cpuPercent: 90, memoryPercent: 90 };

/**
 * A mock API for a team: MockServer on Fargate behind a load balancer, 1 to 200 tasks, with its own network,
 * certificate and expectations in S3. An ephemeral one has a time to live and no monitoring: it is watched by its
 * reaper, and gone before anyone would look at a dashboard.
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
        }),
        statements: [configBucket.readStatement],
        dependsOn: [configBucket.ready],
      },
      healthCheck: { path: READINESS_PATH },
      healthCheckGraceSeconds: START_SECONDS,
      capacity: automock.capacity,
      deployment: automock.deployment,
      deploys: automock.deploys,
      scaling: { ...automock.scaling, memoryScaleInPercent: MEMORY_SCALE_IN_PERCENT },
      // Mocks answer slowly and with errors on purpose, so only what the load balancer itself answers is a fault.
      monitoring: topic && { topic, thresholds: THRESHOLDS, serverErrorsOf: "loadBalancer" },
    });
    new ControlPlaneRules(this, "control-plane", {
      listenerArn: service.entrance.loadBalancer.listenerArn,
      targetGroupArn: service.service.targetGroups[0]!.targetGroupArn,
      controlPlaneCidrs: this.controlPlaneCidrs(automock),
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
   * Networks that reach the control plane. ECS moves traffic between two target groups by one rule only, the
   * one for all paths; a control rule would go on to point at the group that was emptied.
   */
  private controlPlaneCidrs(automock: SectionValues<"automock">): readonly string[] {
    const { deployment, controlPlaneAllowedCidrs } = automock;
    if (deployment.strategy === "rolling") return controlPlaneAllowedCidrs;
    Annotations.of(this).addWarning(
      `With deployment strategy "${deployment.strategy}" nobody reaches the control plane through the load balancer, ` +
        "controlPlaneAllowedCidrs included: change expectations by upload. Use rolling to open it.",
    );
    return [];
  }
}
