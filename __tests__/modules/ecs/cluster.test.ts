import { testCluster } from "../../support/ecs";
import { Template } from "../../support/template";

describe("cluster", () => {
  const template = Template.of((stack) => void testCluster(stack));

  it("creates a cluster, its capacity providers and the log group of Container Insights", () =>
    expect(template.counts()).toEqual({
      aws_cloudwatch_log_group: 1,
      aws_ecs_cluster: 1,
      aws_ecs_cluster_capacity_providers: 1,
    }));

  it("creates Container Insights' log group before the cluster, with retention", () => {
    const [id] = Object.keys(template.byId("aws_cloudwatch_log_group"));
    expect(template.sole("aws_cloudwatch_log_group")).toMatchObject({
      name: "/aws/ecs/containerinsights/automock-test/performance",
      retention_in_days: 7,
    });
    expect(template.sole("aws_ecs_cluster").depends_on).toEqual([`aws_cloudwatch_log_group.${id}`]);
  });

  it.each(["enabled", "enhanced"] as const)("supports Container Insights %s", (containerInsights) => {
    const cluster = Template.of((stack) => void testCluster(stack, { containerInsights })).sole(
      "aws_ecs_cluster",
    );
    expect(cluster).toMatchObject({
      name: "automock-test",
      setting: [{ name: "containerInsights", value: containerInsights }],
      tags: { Name: "automock-test" },
    });
  });

  it("has both Fargate providers; tasks started manually use Fargate", () =>
    expect(template.sole("aws_ecs_cluster_capacity_providers")).toMatchObject({
      capacity_providers: ["FARGATE", "FARGATE_SPOT"],
      default_capacity_provider_strategy: [{ capacity_provider: "FARGATE", base: 0, weight: 1 }],
    }));
});
