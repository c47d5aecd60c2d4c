import { securityGroup, type SeededNetwork } from "./seed-network";
import type { Builder } from "./seed-parts";

/** A database with its groups: unprotecting and deleting it takes minutes. */
export function seedDatabase(builder: Builder, network: SeededNetwork): void {
  const { world, names } = builder;
  const id = names.name("dbInstance");
  const subnetGroup = names.name("dbSubnetGroup");
  const parameterGroup = names.name("dbParameterGroup");
  const subnets = builder.of(subnetGroup, "rds", `subgrp:${subnetGroup}`);
  world.databaseSubnetGroups.add({ ...subnets, vpcId: network.vpcId });
  builder.manage("aws_db_subnet_group", "subnets", { id: subnetGroup, arn: subnets.arn, name: subnetGroup });
  const parameters = builder.of(parameterGroup, "rds", `pg:${parameterGroup}`);
  world.databaseParameterGroups.add({ ...parameters, vpcId: undefined });
  builder.manage("aws_db_parameter_group", "parameters", { id: parameterGroup, arn: parameters.arn });
  const group = securityGroup(builder, network.vpcId, "database");
  const card = builder.networkInterface({
    vpcId: network.vpcId,
    subnetId: network.privateSubnets[0]!,
    groupIds: [group],
    description: "RDSNetworkInterface",
  });
  const log = `/aws/rds/instance/${id}/postgresql`;
  const logGroup = builder.of(log, "logs", `log-group:${log}`);
  world.logGroups.add({ ...logGroup, deletionProtection: false });
  builder.manage("aws_cloudwatch_log_group", "database", { id: log, arn: logGroup.arn, name: log });
  const made = builder.of(id, "rds", `db:${id}`);
  world.databases.add({
    ...made,
    subnetGroup,
    parameterGroup,
    interfaceIds: [card.id],
    deletionProtection: builder.random.chance(0.5),
    status: "available",
  });
  builder.manage("aws_db_instance", "database", { id, arn: made.arn, identifier: id });
}

/** One of every other type that a stack may create. */
export function seedExtras(builder: Builder): void {
  const { world, names } = builder;
  const dashboard = names.name("dashboard");
  const board = builder.of(dashboard, "cloudwatch", `dashboard/${dashboard}`);
  // Dashboards belong to the account, not to a region.
  const dashboardArn = board.arn.replace(`:${world.place.region}:`, "::");
  world.dashboards.add({ ...board, arn: dashboardArn, tags: {} });
  builder.manage("aws_cloudwatch_dashboard", "dashboard", { id: dashboard, dashboard_arn: dashboardArn });

  const topic = names.name("topic");
  const topicMade = builder.of(topic, "sns", topic);
  world.topics.add({ ...topicMade, name: topic, subscriptions: [], messages: [] });
  builder.manage("aws_sns_topic", "topic", { id: topicMade.arn, arn: topicMade.arn, name: topic });

  const queue = names.name("queue");
  const url = `https://sqs.${world.place.region}.amazonaws.com/${world.place.accountId}/${queue}`;
  const queueMade = builder.of(queue, "sqs", queue);
  world.queues.add({ ...queueMade, name: queue, url });
  builder.manage("aws_sqs_queue", "queue", { id: url, arn: queueMade.arn, url, name: queue });

  const secret = `${names.prefix}/password`;
  const secretMade = builder.of(secret, "secretsmanager", `secret:${secret}-${world.newHex(6)}`);
  world.secrets.add({ ...secretMade, name: secret });
  builder.manage("aws_secretsmanager_secret", "secret", {
    id: secretMade.arn,
    arn: secretMade.arn,
    name: secret,
  });

  const key = `${world.newHex(8)}-${world.newHex(4)}-${world.newHex(4)}-${world.newHex(4)}-${world.newHex(12)}`;
  const keyMade = builder.of(key, "kms", `key/${key}`);
  const alias = `alias/${names.name("keyAlias", "data")}`;
  world.keys.add({ ...keyMade, aliases: [alias], deletionDate: undefined });
  builder.manage("aws_kms_key", "key", { id: key, arn: keyMade.arn, key_id: key });
  builder.manage("aws_kms_alias", "alias", { id: alias, arn: world.arn("kms", alias), name: alias });

  const repository = names.name("repository");
  const repositoryMade = builder.of(repository, "ecr", `repository/${repository}`);
  world.repositories.add({ ...repositoryMade, images: ["sha256:1", "sha256:2"] });
  builder.manage("aws_ecr_repository", "repository", {
    id: repository,
    arn: repositoryMade.arn,
    name: repository,
  });

  const rule = names.name("eventRule", "deployments");
  const ruleMade = builder.of(rule, "events", `rule/${rule}`);
  world.eventRules.add({ ...ruleMade, name: rule, targets: ["topic"] });
  builder.manage("aws_cloudwatch_event_rule", "rule", { id: rule, arn: ruleMade.arn, name: rule });
  builder.manage("aws_cloudwatch_event_target", "target", { id: `${rule}-topic`, rule });

  const query = world.newHex(32);
  world.queryDefinitions.add({
    ...builder.of(query, "logs", `query-definition:${query}`),
    tags: {},
    name: names.prefix,
  });
  builder.manage("aws_cloudwatch_query_definition", "query", {
    id: query,
    query_definition_id: query,
    name: names.prefix,
  });

  const table = names.name("table");
  const tableMade = builder.of(table, "dynamodb", `table/${table}`);
  world.tables.add({
    ...tableMade,
    hashKey: "id",
    rangeKey: undefined,
    indexes: {},
    deletionProtection: true,
    deleting: false,
    items: new Map(),
    earlier: new Map(),
  });
  builder.manage("aws_dynamodb_table", "table", { id: table, arn: tableMade.arn, name: table });

  const lambda = names.name("lambda", "worker");
  const lambdaMade = builder.of(lambda, "lambda", `function:${lambda}`);
  world.functions.add({ ...lambdaMade, name: lambda });
  builder.manage("aws_lambda_function", "worker", { id: lambda, arn: lambdaMade.arn, function_name: lambda });

  const mapping = `${world.newHex(8)}-0000-4000-8000-${world.newHex(12)}`;
  const mappingMade = builder.of(mapping, "lambda", `event-source-mapping:${mapping}`);
  world.eventSourceMappings.add({ ...mappingMade, functionArn: lambdaMade.arn });
  builder.manage("aws_lambda_event_source_mapping", "worker", {
    id: mapping,
    uuid: mapping,
    arn: mappingMade.arn,
  });

  for (const [kind, store, type] of [
    ["apis", world.httpApis, "aws_apigatewayv2_api"],
    ["restapis", world.restApis, "aws_api_gateway_rest_api"],
  ] as const) {
    const id = world.newHex(10);
    const made = builder.of(id, "apigateway", `/${kind}/${id}`);
    const arn = `arn:aws:apigateway:${world.place.region}::/${kind}/${id}`;
    store.add({ ...made, arn, name: `${names.prefix}-${kind}` });
    builder.manage(type, "api", { id, arn });
  }

  const policy = names.name("policy", "read");
  const policyMade = builder.of(world.arn("iam", `policy/${policy}`), "iam", `policy/${policy}`);
  world.policies.add({ ...policyMade, name: policy, path: "/", versions: ["v1", "v2"] });
  builder.manage("aws_iam_policy", "read", { id: policyMade.arn, arn: policyMade.arn, name: policy });
  world.roles.get(names.name("role", "task"))!.attached.push(policyMade.arn);
}
