/**
 * The same two environments as an AWS CDK app, the way its documentation writes it: VPC, Fargate service behind a load
 * balancer, scaling by CPU and bucket. It is text because `aws-cdk-lib` is not a dependency of this project.
 */
export const AWS_CDK_APP = `
const { App, Stack, Duration, RemovalPolicy } = require("aws-cdk-lib");
const ec2 = require("aws-cdk-lib/aws-ec2");
const ecs = require("aws-cdk-lib/aws-ecs");
const patterns = require("aws-cdk-lib/aws-ecs-patterns");
const s3 = require("aws-cdk-lib/aws-s3");

class MockStack extends Stack {
  constructor(scope, id, { zones, natGateways, minTasks, maxTasks, ...props }) {
    super(scope, id, props);
    const vpc = new ec2.Vpc(this, "Vpc", { availabilityZones: zones, natGateways });
    const cluster = new ecs.Cluster(this, "Cluster", { vpc });
    const bucket = new s3.Bucket(this, "Config", {
      versioned: true,
      enforceSSL: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const service = new patterns.ApplicationLoadBalancedFargateService(this, "Service", {
      cluster,
      cpu: 512,
      memoryLimitMiB: 1024,
      desiredCount: minTasks,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      taskImageOptions: {
        image: ecs.ContainerImage.fromRegistry("mockserver/mockserver:mockserver-6.0.0"),
        containerPort: 1080,
        environment: { CONFIG_BUCKET: bucket.bucketName },
      },
    });
    bucket.grantRead(service.taskDefinition.taskRole);
    service.targetGroup.configureHealthCheck({ path: "/mockserver/status" });
    const scaling = service.service.autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks });
    scaling.scaleOnCpuUtilization("Cpu", { targetUtilizationPercent: 70, scaleInCooldown: Duration.minutes(5) });
  }
}

const app = new App();
const env = { account: "123456789012", region: "us-east-1" };
const zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
new MockStack(app, "mock-prod", { env, zones, natGateways: 3, minTasks: 10, maxTasks: 200 });
new MockStack(app, "mock-staging", { env, zones: zones.slice(0, 2), natGateways: 1, minTasks: 1, maxTasks: 20 });
app.synth();
`;
