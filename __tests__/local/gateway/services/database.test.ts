import type { DataPlane } from "../../../../local/data-plane";
import type { Call } from "../../../../local/gateway/call";
import { logs } from "../../../../local/gateway/services/logs";
import { rds } from "../../../../local/gateway/services/rds";
import { bodyOf, call, failing, form, json, motoThat, textOf } from "../wire";

const to = (parameters: Record<string, string>): Call =>
  call(form("rds", { Version: "2014-10-31", ...parameters }));
const RESOURCE_ID = "db-68150CFC45BD62A7A166BB670B";
const instance = (id: string, rest = "") =>
  `<DBInstance><DBInstanceIdentifier>${id}</DBInstanceIdentifier>${rest}</DBInstance>`;

describe("rds: what moto drops of an instance", () => {
  const created = to({
    Action: "CreateDBInstance",
    DBInstanceIdentifier: "db-1",
    EnablePerformanceInsights: "true",
    MonitoringInterval: "60",
    Engine: "postgres",
  });
  const described = to({ Action: "DescribeDBInstances" });

  it("is in its answers from the creation on, and in no other's", async () => {
    const patch = rds();
    const moto = motoThat(() => instance("db-1", "<MonitoringInterval/>") + instance("db-2"));
    const expected =
      `<DBInstance><DbiResourceId>${RESOURCE_ID}</DbiResourceId>` +
      "<PerformanceInsightsEnabled>true</PerformanceInsightsEnabled><MonitoringInterval>60</MonitoringInterval><DBInstanceIdentifier>db-1</DBInstanceIdentifier></DBInstance>" +
      instance("db-2");
    expect(textOf(await patch(created, moto.forward))).toBe(expected);
    expect(textOf(await patch(described, moto.forward))).toBe(expected);
  });

  it("changes with the instance, and is forgotten when one is made again", async () => {
    const patch = rds();
    const moto = motoThat(() => instance("db-1", "<MonitoringInterval>0</MonitoringInterval>"));
    await patch(created, moto.forward);
    const modify = to({ Action: "ModifyDBInstance", DBInstanceIdentifier: "db-1", MonitoringInterval: "0" });
    expect(textOf(await patch(modify, moto.forward))).toContain("<MonitoringInterval>0</MonitoringInterval>");
    const again = to({ Action: "CreateDBInstance", DBInstanceIdentifier: "db-1" });
    expect(textOf(await patch(again, motoThat(() => instance("db-1")).forward))).toBe(
      `<DBInstance><DbiResourceId>${RESOURCE_ID}</DbiResourceId><DBInstanceIdentifier>db-1</DBInstanceIdentifier></DBInstance>`,
    );
  });

  it("has a resource id of its own, by which it is found", async () => {
    const patch = rds();
    const moto = motoThat(() => instance("db-1", "<DbiResourceId>db-SAME</DbiResourceId>"));
    expect(textOf(await patch(created, moto.forward))).not.toContain("db-SAME");
    const find = (id: string) =>
      patch(
        to({
          Action: "DescribeDBInstances",
          "Filters.Filter.1.Name": "dbi-resource-id",
          "Filters.Filter.1.Values.Value.1": id,
        }),
        moto.forward,
      );
    expect(textOf(await find(RESOURCE_ID))).toContain(RESOURCE_ID);
    await find("db-UNKNOWN");
    expect(moto.asked.slice(1).map(({ body }) => body.toString())).toEqual([
      "Version=2014-10-31&Action=DescribeDBInstances&DBInstanceIdentifier=db-1",
      "Version=2014-10-31&Action=DescribeDBInstances&Filters.Filter.1.Name=dbi-resource-id&Filters.Filter.1.Values.Value.1=db-UNKNOWN",
    ]);
  });

  it("goes with the instance to its new name, and so does its PostgreSQL", async () => {
    const followed: unknown[] = [];
    const follow = async (...args: readonly unknown[]) => void followed.push(args);
    const patch = rds({ databases: { follow } } as unknown as DataPlane);
    await patch(created, motoThat(() => instance("db-1")).forward);
    const renamed = to({
      Action: "ModifyDBInstance",
      DBInstanceIdentifier: "db-1",
      NewDBInstanceIdentifier: "db-2",
    });
    const moto = motoThat(() => instance("db-2", "<DbiResourceId>db-SAME</DbiResourceId>"));
    expect(textOf(await patch(renamed, moto.forward))).toContain(RESOURCE_ID);
    expect(textOf(await patch(described, moto.forward))).toContain(RESOURCE_ID);
    expect(followed.slice(0, 2)).toEqual([
      ["CreateDBInstance", "db-1", "db-1"],
      ["ModifyDBInstance", "db-1", "db-2"],
    ]);
  });

  it("is not kept of a refused call", async () => {
    const patch = rds();
    await patch(created, failing);
    expect(textOf(await patch(described, motoThat(() => instance("db-1")).forward))).toBe(instance("db-1"));
  });
});

it("rds: parameters were set by a user", async () => {
  const described = to({ Action: "DescribeDBParameters", DBParameterGroupName: "g" });
  const moto = motoThat(() => "<Parameter><ParameterName>a</ParameterName></Parameter>");
  expect(textOf(await rds()(described, moto.forward))).toBe(
    "<Parameter><Source>user</Source><ParameterName>a</ParameterName></Parameter>",
  );
});

describe("rds: copies of backups", () => {
  const SOURCE = "arn:aws:rds:us-east-1:123456789012:db:db-1";
  const start = to({
    Action: "StartDBInstanceAutomatedBackupsReplication",
    SourceDBInstanceArn: SOURCE,
    KmsKeyId: "key",
    BackupRetentionPeriod: "30",
  });
  const stop = to({ Action: "StopDBInstanceAutomatedBackupsReplication", SourceDBInstanceArn: SOURCE });
  const describeCopy = (arn: string) =>
    to({ Action: "DescribeDBInstanceAutomatedBackups", DBInstanceAutomatedBackupsArn: arn });

  it("are there until they are stopped", async () => {
    const patch = rds();
    const started = textOf(await patch(start, failing));
    for (const element of [
      `<DBInstanceArn>${SOURCE}</DBInstanceArn>`,
      "<DBInstanceIdentifier>db-1</DBInstanceIdentifier>",
      "<KmsKeyId>key</KmsKeyId>",
      "<BackupRetentionPeriod>30</BackupRetentionPeriod>",
      "<Region>us-east-1</Region>",
      "<Status>replicating</Status>",
    ])
      expect(started).toContain(element);
    const arn = /<DBInstanceAutomatedBackupsArn>([^<]+)</.exec(started)![1]!;
    expect(textOf(await patch(describeCopy(arn), failing))).toContain(
      `<DBInstanceArn>${SOURCE}</DBInstanceArn>`,
    );
    expect(textOf(await patch(stop, failing))).toContain(arn);
    for (const gone of [describeCopy(arn), stop]) {
      const answer = await patch(gone, failing);
      expect([answer.status, textOf(answer).includes("DBInstanceAutomatedBackupNotFound")]).toEqual([
        404,
        true,
      ]);
    }
  });

  it("do not answer for the backups that moto has", async () => {
    const moto = motoThat(() => "moto's");
    const described = to({ Action: "DescribeDBInstanceAutomatedBackups", DBInstanceIdentifier: "db-1" });
    expect(textOf(await rds()(described, moto.forward))).toBe("moto's");
  });
});

it("logs: saved queries are kept by id, found by prefix, changed and deleted", async () => {
  const patch = logs();
  const { forward } = motoThat(() => ({ moto: true }));
  const send = async (operation: string, input: object) =>
    bodyOf(await patch(call(json("logs", operation, input)), forward));
  const first = (await send("PutQueryDefinition", {
    name: "a/1",
    queryString: "x",
    logGroupNames: ["g"],
  })) as { queryDefinitionId: string };
  const second = (await send("PutQueryDefinition", { name: "b/1", queryString: "y" })) as {
    queryDefinitionId: string;
  };
  expect(first.queryDefinitionId).not.toBe(second.queryDefinitionId);
  await send("PutQueryDefinition", { ...first, name: "a/2", queryString: "z" });
  expect(await send("DescribeQueryDefinitions", { queryDefinitionNamePrefix: "a/" })).toEqual({
    queryDefinitions: [{ ...first, name: "a/2", queryString: "z", logGroupNames: [] }],
  });
  expect(await send("DeleteQueryDefinition", first)).toEqual({ success: true });
  expect(await send("DeleteQueryDefinition", first)).toEqual({ success: false });
  expect(await send("DescribeQueryDefinitions", {})).toEqual({
    queryDefinitions: [{ ...second, name: "b/1", queryString: "y", logGroupNames: [] }],
  });
  const third = (await send("PutQueryDefinition", { name: "c", queryString: "x" })) as typeof first;
  expect(third.queryDefinitionId).not.toBe(second.queryDefinitionId);
  expect(await send("DescribeLogGroups", {})).toEqual({ moto: true });
});
