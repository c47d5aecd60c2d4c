import { estimate } from "../../pricing/estimate";
import { charged, resource } from "./resources";

/** What a single resource is charged, what it costs by use, and why it is not priced. */
function assessed(type: string, values: object) {
  const { usageBased, notPriced, free } = estimate([resource(`${type}.a`, { ...values })]);
  return {
    charged: charged([resource(`${type}.a`, { ...values })]),
    usage: usageBased.flatMap(({ priceIds }) => priceIds),
    notPriced: notPriced.map(({ reason }) => reason),
    free: free.map((one) => one.type),
  };
}

describe("alarms cost by metric", () => {
  const metric = { metric: { period: 60 } };
  const formula = { expression: "a + b" };
  it.each([
    ["one metric", { period: 300 }, { alarm: 1 }],
    ["a formula over two", { metric_query: [formula, metric, metric] }, { alarm: 2 }],
    [
      "a formula over two, as a plan says it",
      {
        metric_query: [{ ...formula, metric: [] }, { metric: [metric.metric] }, { metric: [metric.metric] }],
      },
      { alarm: 2 },
    ],
    [
      "an anomaly, as three",
      { metric_query: [{ expression: "ANOMALY_DETECTION_BAND(m1, 2)" }, metric] },
      { alarm: 3 },
    ],
    [
      "an anomaly of seconds",
      { metric_query: [{ expression: "ANOMALY_DETECTION_BAND(m1)" }, { metric: { period: 10 } }] },
      { "alarm-high-resolution": 3 },
    ],
    ["ten seconds", { period: 10 }, { "alarm-high-resolution": 1 }],
    [
      "a formula of ten seconds",
      { metric_query: [formula, { metric: { period: "10" } }, metric] },
      { "alarm-high-resolution": 2 },
    ],
  ])("%s", (_, values, expected) =>
    expect(charged([resource("aws_cloudwatch_metric_alarm.a", { ...values })])).toEqual(expected),
  );
});

it("an alarm over other alarms has a price of its own; one over a query has none", () => {
  expect(assessed("aws_cloudwatch_composite_alarm", {}).charged).toEqual({ "alarm-composite": 1 });
  const query = { metric_query: [{ expression: 'SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/EC2")' }] };
  expect(assessed("aws_cloudwatch_metric_alarm", query)).toMatchObject({
    charged: {},
    notPriced: ["a Metrics Insights query is billed by the metrics that it analyzes"],
  });
});

describe("databases", () => {
  const values = {
    engine: "postgres",
    instance_class: "db.t3.small",
    allocated_storage: 100,
    storage_type: "gp3",
  };

  it("cost by instance and storage, both twice with Multi-AZ", () => {
    expect(assessed("aws_db_instance", values)).toEqual({
      charged: { "postgres-db.t3.small": 1, "rds-storage": 100 },
      usage: ["rds-backup"],
      notPriced: [],
      free: [],
    });
    expect(assessed("aws_db_instance", { ...values, multi_az: true }).charged).toEqual({
      "postgres-db.t3.small": 2,
      "rds-storage": 200,
    });
  });

  it("have a secret, once, if RDS manages the password", () =>
    expect(
      assessed("aws_db_instance", { ...values, multi_az: true, manage_master_user_password: true }).charged,
    ).toHaveProperty("secret", 1));

  it("write logs with Enhanced Monitoring", () => {
    expect(assessed("aws_db_instance", { ...values, monitoring_interval: 60 }).usage).toEqual([
      "rds-backup",
      "logs-ingested",
    ]);
    expect(assessed("aws_db_instance", { ...values, monitoring_interval: 0 }).usage).toEqual(["rds-backup"]);
  });

  it("say that their storage may grow", () => {
    const assumption = (max_allocated_storage: number) =>
      estimate([resource("aws_db_instance.a", { ...values, max_allocated_storage })]).lines[1]!.assumption;
    expect(assumption(500)).toBe("stays at 100 GB, may grow to 500 GB");
    expect(assumption(100)).toBeUndefined();
    expect(assumption(0)).toBeUndefined();
  });

  it.each([
    ["another class", { instance_class: "db.x2g.large" }, "the price book has no postgres on db.x2g.large"],
    ["another engine", { engine: "oracle-ee" }, "the price book has no oracle-ee on db.t3.small"],
    ["other storage", { storage_type: "io2" }, "the price book has no storage io2"],
    ["io1 of unknown IOPS", { storage_type: "io1" }, "its provisioned IOPS are not known"],
    ["throughput", { storage_throughput: 200 }, "provisioned throughput"],
    ["an old version", { engine_version: "11.22" }, "Extended Support of postgres 11"],
    [
      "metrics kept for long",
      { performance_insights_enabled: true, performance_insights_retention_period: 31 },
      "Performance Insights, kept longer than 7 days",
    ],
    ["an unknown class", { instance_class: undefined }, "its instance class is not known"],
    ["storage of an unknown size", { allocated_storage: undefined }, "the size of its storage is not known"],
    ["Database Insights, advanced", { database_insights_mode: "advanced" }, "Database Insights, advanced"],
  ])("%s is not priced", (_, change, reason) => {
    const { notPriced } = assessed("aws_db_instance", { ...values, ...change });
    expect(notPriced).toEqual([reason]);
  });

  it.each([
    ["IOPS above those of gp3", { iops: 4000 }, { "rds-iops-gp3": 1000 }],
    ["of a large one", { allocated_storage: 400, iops: 12_001 }, { "rds-storage": 400, "rds-iops-gp3": 1 }],
    [
      "of both copies",
      { iops: 4000, multi_az: true },
      { "postgres-db.t3.small": 2, "rds-storage": 200, "rds-iops-gp3": 2000 },
    ],
    [
      "io1",
      { storage_type: "io1", iops: 1000 },
      { "rds-storage": undefined, "rds-storage-io1": 100, "rds-iops-io1": 1000 },
    ],
    ["Extended Support", { engine_version: "13.9" }, { "rds-extended-support": 2 }],
    [
      "Extended Support of a large class",
      { engine_version: "12", instance_class: "db.m7g.2xlarge" },
      { "postgres-db.t3.small": undefined, "postgres-db.m7g.2xlarge": 1, "rds-extended-support": 8 },
    ],
  ])("%s: priced", (_, change, expected) => {
    const found = assessed("aws_db_instance", { ...values, ...change });
    expect(found.charged).toEqual({ "postgres-db.t3.small": 1, "rds-storage": 100, ...expected });
    expect(found.notPriced).toEqual([]);
  });

  it.each([
    ["a version with standard support", { engine_version: "14.2" }],
    [
      "Extended Support that is declined",
      { engine_version: "12.1", engine_lifecycle_support: "open-source-rds-extended-support-disabled" },
    ],
    ["the included throughput", { storage_throughput: 125 }],
    ["the included IOPS", { iops: 3000 }],
    ["the included IOPS above 400 GB", { allocated_storage: 400, iops: 12_000 }],
    ["gp2, also unsaid", { storage_type: undefined }],
  ])("%s costs nothing more", (_, change) =>
    expect(assessed("aws_db_instance", { ...values, ...change }).notPriced).toEqual([]),
  );
});

describe("virtual machines", () => {
  const disk = { volume_type: "gp3", volume_size: 8 };
  it("cost by instance, disks and public address", () =>
    expect(
      assessed("aws_instance", {
        instance_type: "t3.small",
        associate_public_ip_address: true,
        root_block_device: disk,
      }),
    ).toEqual({
      charged: { "ec2-t3.small": 1, "public-ipv4": 1, "ebs-gp3": 8 },
      usage: ["data-out"],
      notPriced: [],
      free: [],
    }));

  it.each([
    ["another type", { instance_type: "m7i.large" }, "the price book has no EC2 m7i.large"],
    ["Spot", { instance_market_options: [{ market_type: "spot" }] }, "Spot prices vary"],
    ["an unsaid disk", { root_block_device: undefined }, "its disk is not described"],
    ["another disk", { root_block_device: { volume_type: "io9" } }, "the price book has no disk io9"],
    [
      "the image's disk",
      { root_block_device: { encrypted: true } },
      "the price book has no disk of the image's type",
    ],
    [
      "a disk of the image's size",
      { root_block_device: { volume_type: "gp3" } },
      "the size of its disk is not known",
    ],
  ])("%s is not priced", (_, change, reason) =>
    expect(
      assessed("aws_instance", { instance_type: "t3.micro", root_block_device: disk, ...change }).notPriced,
    ).toEqual([reason]),
  );

  it.each([
    ["by GB", { type: "gp3", size: 30 }, { "ebs-gp3": 30 }],
    ["gp2, also unsaid", { size: 100 }, { "ebs-gp2": 100 }],
    [
      "gp3 with more than is included",
      { type: "gp3", size: 100, iops: 16_000, throughput: 1000 },
      { "ebs-gp3": 100, "ebs-iops-gp3": 13_000, "ebs-throughput-gp3": 875 },
    ],
    ["gp3 as included", { type: "gp3", size: 1, iops: 3000, throughput: 125 }, { "ebs-gp3": 1 }],
    ["io2", { type: "io2", size: 30, iops: 300 }, { "ebs-io1": 30, "ebs-iops-io1": 300 }],
    ["st1", { type: "st1", size: 40 }, { "ebs-st1": 40 }],
    ["sc1", { type: "sc1", size: 40 }, { "ebs-sc1": 40 }],
  ])("a disk of its own, %s", (_, values, expected) =>
    expect(assessed("aws_ebs_volume", values)).toMatchObject({ charged: expected, notPriced: [] }),
  );

  it.each([
    ["io1 of unknown IOPS", { type: "io1", size: 30 }, "the provisioned IOPS of its disk are not known"],
    ["io2 above the first tier", { type: "io2", size: 30, iops: 40_000 }, "IOPS of io2 above 32,000"],
    ["magnetic", { type: "standard", size: 30 }, "the price book has no disk standard"],
  ])("a disk of its own, %s, has no price", (_, values, reason) =>
    expect(assessed("aws_ebs_volume", values).notPriced).toEqual([reason]),
  );

  it("a secret costs once more for each replica", () =>
    expect(
      assessed("aws_secretsmanager_secret", { replica: [{ region: "eu-west-1" }, { region: "us-west-2" }] })
        .charged,
    ).toEqual({ secret: 3 }));
});

describe("network", () => {
  const subnets = (...ids: string[]) => ids.map((id) => `\${aws_subnet.${id}.id}`);

  it.each([
    ["a zonal NAT gateway; its address is an aws_eip", "aws_nat_gateway", {}, { "nat-gateway": 1 }],
    ["an Elastic IP", "aws_eip", {}, { "public-ipv4": 1 }],
    [
      "a load balancer, with an address in each subnet",
      "aws_lb",
      { subnets: subnets("a", "b", "c") },
      { "load-balancer-application": 1, "public-ipv4": 3 },
    ],
    [
      "a load balancer with mapped subnets",
      "aws_lb",
      { subnet_mapping: [{ subnet_id: "a" }, { subnet_id: "b" }, { subnet_id: "c" }] },
      { "load-balancer-application": 1, "public-ipv4": 3 },
    ],
    [
      "a load balancer whose subnets are not known: it needs two",
      "aws_lb",
      {},
      { "load-balancer-application": 1, "public-ipv4": 2 },
    ],
    [
      "a network load balancer",
      "aws_lb",
      { load_balancer_type: "network", subnets: subnets("a", "b") },
      { "load-balancer-network": 1, "public-ipv4": 2 },
    ],
    [
      "a network load balancer with addresses of the stack's own",
      "aws_lb",
      { load_balancer_type: "network", subnet_mapping: [{ subnet_id: "a", allocation_id: "eipalloc-1" }] },
      { "load-balancer-network": 1 },
    ],
    [
      "an internal load balancer",
      "aws_lb",
      { internal: true, subnets: subnets("a", "b") },
      { "load-balancer-application": 1 },
    ],
    [
      "an interface endpoint, by zone",
      "aws_vpc_endpoint",
      { vpc_endpoint_type: "Interface", subnet_ids: subnets("a", "b") },
      { "interface-endpoint": 2 },
    ],
    ["a firewall without rules", "aws_wafv2_web_acl", {}, { "waf-web-acl": 1 }],
    [
      "a firewall, by rule",
      "aws_wafv2_web_acl",
      {
        rule: [
          { statement: { rate_based_statement: {} } },
          // As in a plan: what is not there is an empty list.
          { statement: [{ ip_set_reference_statement: [{}], managed_rule_group_statement: [] }] },
        ],
      },
      { "waf-web-acl": 1, "waf-rule": 2 },
    ],
    ["a gateway endpoint", "aws_vpc_endpoint", { vpc_endpoint_type: "Gateway" }, {}],
    ["a gateway endpoint, the default", "aws_vpc_endpoint", {}, {}],
  ])("%s", (_, type, values, expected) => {
    const { charged: found, notPriced } = assessed(type, values);
    expect(found).toEqual(expected);
    expect(notPriced).toEqual([]);
  });

  it("a regional NAT gateway costs by zone, with its own addresses", () => {
    const zones = ["a", "b", "c", "c"].map((zone, i) =>
      resource(`aws_subnet.s${i}`, { availability_zone: `us-east-1${zone}` }),
    );
    const regional = resource("aws_nat_gateway.nat", { availability_mode: "regional" });
    expect(charged([regional, ...zones])).toEqual({ "nat-gateway": 3, "public-ipv4": 3 });
    expect(charged([regional])).toEqual({ "nat-gateway": 2, "public-ipv4": 2 });
    expect(estimate([regional, ...zones]).lines[0]!.assumption).toBe(
      "regional: covers 3 zones, an address in each",
    );
  });

  it.each([
    ["aws_lb", { load_balancer_type: "gateway" }, "the price book has no gateway load balancer"],
    [
      "aws_vpc_endpoint",
      { vpc_endpoint_type: "GatewayLoadBalancer" },
      "the price book has no GatewayLoadBalancer endpoint",
    ],
    ["aws_vpc_endpoint", { vpc_endpoint_type: "Interface" }, "its subnets are not known"],
  ])("%s %j is not priced", (type, values, reason) => {
    expect(assessed(type, values)).toMatchObject({ charged: {}, notPriced: [reason] });
  });

  it("a rule group of a firewall may cost more than a rule", () => {
    const rule = [{ statement: [{ managed_rule_group_statement: { name: "AWSManagedRulesATPRuleSet" } }] }];
    expect(assessed("aws_wafv2_web_acl", { rule })).toMatchObject({
      charged: { "waf-web-acl": 1, "waf-rule": 1 },
      usage: ["waf-request"],
      notPriced: ["its rule groups"],
    });
  });
});

describe("what costs by time", () => {
  it.each([
    ["aws_kms_key", "kms-key", ["kms-request"]],
    ["aws_secretsmanager_secret", "secret", ["secret-request"]],
    ["aws_cloudwatch_dashboard", "dashboard", []],
  ])("%s", (type, id, usage) =>
    expect(assessed(type, {})).toEqual({ charged: { [id]: 1 }, usage, notPriced: [], free: [] }),
  );

  it("a key that is rotated says that rotations add to it", () => {
    const assumption = (enable_key_rotation: boolean) =>
      estimate([resource("aws_kms_key.a", { enable_key_rotation })]).lines[0]!.assumption;
    expect(assumption(true)).toBe("in its first year; each of the first two rotations adds the same amount");
    expect(assumption(false)).toBeUndefined();
  });
});

describe("what costs by use alone", () => {
  it.each([
    ["aws_cloudwatch_log_group", {}, ["logs-ingested", "logs-stored", "logs-queried"]],
    ["aws_cloudwatch_log_metric_filter", {}, ["custom-metric"]],
    ["aws_db_instance_automated_backups_replication", {}, ["rds-backup", "data-between-regions"]],
    [
      "aws_dynamodb_table",
      { billing_mode: "PAY_PER_REQUEST", point_in_time_recovery: { enabled: true } },
      ["dynamodb-write", "dynamodb-read", "dynamodb-storage", "dynamodb-recovery"],
    ],
    [
      "aws_dynamodb_table",
      { billing_mode: "PAY_PER_REQUEST", point_in_time_recovery: [{ enabled: false }] },
      ["dynamodb-write", "dynamodb-read", "dynamodb-storage"],
    ],
    ["aws_ecr_repository", {}, ["ecr-storage"]],
    [
      "aws_ecs_cluster",
      { setting: [{ name: "containerInsights", value: "enhanced" }] },
      ["container-insights-metric"],
    ],
    ["aws_ecs_cluster", { setting: { name: "containerInsights", value: "enabled" } }, ["custom-metric"]],
    ["aws_flow_log", {}, ["logs-ingested"]],
    ["aws_lambda_function", { architectures: ["arm64"] }, ["lambda-request", "lambda-arm64"]],
    ["aws_lambda_function", {}, ["lambda-request", "lambda-x86"]],
    ["aws_route53_record", { records: ["1.2.3.4"] }, ["route53-query"]],
    ["aws_route53_record", { alias: [] }, ["route53-query"]],
    ["aws_s3_bucket", {}, ["s3-storage", "s3-put", "s3-get"]],
    ["aws_s3_bucket_notification", { eventbridge: true }, ["event-opt-in"]],
    ["aws_scheduler_schedule", {}, ["schedule"]],
    ["aws_sns_topic", {}, ["sns-email"]],
    ["aws_sqs_queue", {}, ["sqs-request"]],
  ])("%s %j", (type, values, usage) =>
    expect(assessed(type, values)).toEqual({ charged: {}, usage, notPriced: [], free: [] }),
  );
});

describe("what is free", () => {
  it.each([
    ["aws_iam_role", {}],
    ["aws_security_group", {}],
    ["aws_route", {}],
    ["aws_acm_certificate", { domain_name: "example.com" }],
    ["aws_ecs_cluster", { setting: [{ name: "containerInsights", value: "disabled" }] }],
    ["aws_route53_record", { alias: { name: "alb" } }],
    ["aws_s3_bucket_notification", { queue: [{}] }],
    ["aws_ecs_task_definition", { cpu: "256" }],
  ])("%s %j", (type, values) =>
    expect(assessed(type, values)).toEqual({ charged: {}, usage: [], notPriced: [], free: [type] }),
  );
});

describe("what is not priced is listed, never counted as nothing", () => {
  it.each([
    ["aws_redshift_cluster", {}, "the calculator does not know aws_redshift_cluster"],
    ["toString", {}, "the calculator does not know toString"],
    ["aws_dynamodb_table", { billing_mode: "PROVISIONED" }, "provisioned capacity"],
    ["aws_dynamodb_table", {}, "provisioned capacity"],
    [
      "aws_acm_certificate",
      { certificate_authority_arn: "arn:aws:acm-pca:x" },
      "its certificate authority sets the price of a private certificate",
    ],
  ])("%s %j", (type, values, reason) =>
    expect(assessed(type, values)).toEqual({ charged: {}, usage: [], notPriced: [reason], free: [] }),
  );
});
