import { createHash } from "node:crypto";
import type { DataPlane } from "../../data-plane";
import {
  isSuccess,
  withBody,
  withRequestBody,
  xmlAnswer,
  xmlEscape,
  type Answer,
  type Call,
  type ServicePatch,
} from "../call";
import { formOf } from "../operation";

/** Parameter of a call that moto drops, and the element in which AWS returns it. */
const REMEMBERED: Readonly<Record<string, string>> = {
  DatabaseInsightsMode: "DatabaseInsightsMode",
  EnablePerformanceInsights: "PerformanceInsightsEnabled",
  MonitoringInterval: "MonitoringInterval",
  MonitoringRoleArn: "MonitoringRoleArn",
  NetworkType: "NetworkType",
  PerformanceInsightsKMSKeyId: "PerformanceInsightsKMSKeyId",
  PerformanceInsightsRetentionPeriod: "PerformanceInsightsRetentionPeriod",
};

/** A copy of the automated backups in another region. */
interface BackupCopy {
  readonly source: string;
  readonly elements: Readonly<Record<string, string>>;
}

/**
 * Remembers what moto drops of a database's arguments, gives each database a resource id of its own, says who set a parameter, and keeps the copies of backups
 * in other regions, which moto cannot make. With a data plane a database is a PostgreSQL of this machine.
 */
export function rds(dataPlane?: DataPlane): ServicePatch {
  const argumentsById = new Map<string, Record<string, string>>();
  const copies = new Map<string, BackupCopy>();
  let copiesMade = 0;
  return async (call, forward) => {
    const form = formOf(call) ?? new URLSearchParams();
    switch (call.operation) {
      case "StartDBInstanceAutomatedBackupsReplication":
        return copyAnswer(call.operation, startCopy(call, form, copies, ++copiesMade));
      case "StopDBInstanceAutomatedBackupsReplication": {
        const found = [...copies].find(([, { source }]) => source === form.get("SourceDBInstanceArn"));
        if (found) copies.delete(found[0]);
        return copyAnswer(call.operation, found?.[1]);
      }
      case "DescribeDBInstanceAutomatedBackups": {
        const arn = form.get("DBInstanceAutomatedBackupsArn");
        if (arn === null) return forward(call);
        const found = copies.get(arn);
        return found ? backupsAnswer(found) : backupNotFound(arn);
      }
    }
    const answer = await forward(byIdentifier(call, form, argumentsById));
    if (!isSuccess(answer)) return answer;
    if (call.operation === "DescribeDBParameters") return withSource(answer);
    const old = form.get("DBInstanceIdentifier") ?? "";
    const id = form.get("NewDBInstanceIdentifier") ?? old;
    if (id !== old && argumentsById.has(old)) {
      argumentsById.set(id, argumentsById.get(old)!);
      argumentsById.delete(old);
    }
    if (call.operation === "CreateDBInstance") argumentsById.set(id, { DbiResourceId: resourceIdOf(id) });
    if (call.operation === "CreateDBInstance" || call.operation === "ModifyDBInstance") {
      const before = argumentsById.get(id);
      for (const [parameter, element] of Object.entries(REMEMBERED)) {
        const value = form.get(parameter);
        if (before && value !== null) before[element] = value;
      }
    }
    await dataPlane?.databases.follow(call.operation, old, id);
    return withArguments(answer, argumentsById);
  };
}

/** moto has one resource id for all databases, and Terraform looks a database up by it. */
function resourceIdOf(identifier: string): string {
  return `db-${createHash("sha256").update(identifier).digest("hex").slice(0, 26).toUpperCase()}`;
}

/** Replaces our resource id in a look-up by the identifier, which moto understands. */
function byIdentifier(
  call: Call,
  form: URLSearchParams,
  argumentsById: ReadonlyMap<string, Readonly<Record<string, string>>>,
): Call {
  if (call.operation !== "DescribeDBInstances" || form.get("Filters.Filter.1.Name") !== "dbi-resource-id")
    return call;
  const wanted = form.get("Filters.Filter.1.Values.Value.1");
  const found = [...argumentsById].find(([, { DbiResourceId }]) => DbiResourceId === wanted);
  if (!found) return call;
  const rest = [...form].filter(([name]) => !name.startsWith("Filters."));
  return withRequestBody(call, new URLSearchParams([...rest, ["DBInstanceIdentifier", found[0]]]).toString());
}

/** Marks all parameters in moto as set by a user, because Terraform reads only those. */
function withSource(answer: Answer): Answer {
  return withBody(
    answer,
    answer.body.toString("utf8").replaceAll("<Parameter>", "<Parameter><Source>user</Source>"),
  );
}

function startCopy(
  call: Call,
  form: URLSearchParams,
  copies: Map<string, BackupCopy>,
  number: number,
): BackupCopy {
  const source = form.get("SourceDBInstanceArn") ?? "";
  const arn = `arn:aws:rds:${call.region}:${call.accountId}:auto-backup:ab-${number}`;
  const copy = {
    source,
    elements: {
      BackupRetentionPeriod: form.get("BackupRetentionPeriod") ?? "7",
      DBInstanceArn: source,
      DBInstanceAutomatedBackupsArn: arn,
      DBInstanceIdentifier: source.slice(source.lastIndexOf(":") + 1),
      KmsKeyId: form.get("KmsKeyId") ?? "",
      Region: source.split(":")[3] ?? "",
      Status: "replicating",
    },
  };
  copies.set(arn, copy);
  return copy;
}

function copyAnswer(operation: string, copy: BackupCopy | undefined): Answer {
  if (!copy) return backupNotFound("the source");
  const inner = `<DBInstanceAutomatedBackup>${elements(copy.elements)}</DBInstanceAutomatedBackup>`;
  return resultAnswer(operation, inner);
}

function backupsAnswer({ elements: values }: BackupCopy): Answer {
  const inner = `<DBInstanceAutomatedBackup>${elements(values)}</DBInstanceAutomatedBackup>`;
  return resultAnswer(
    "DescribeDBInstanceAutomatedBackups",
    `<DBInstanceAutomatedBackups>${inner}</DBInstanceAutomatedBackups>`,
  );
}

function resultAnswer(operation: string, inner: string): Answer {
  return xmlAnswer(
    `<${operation}Response><${operation}Result>${inner}</${operation}Result></${operation}Response>`,
  );
}

function backupNotFound(what: string): Answer {
  return xmlAnswer(
    `<ErrorResponse><Error><Type>Sender</Type><Code>DBInstanceAutomatedBackupNotFound</Code><Message>${xmlEscape(what)}</Message></Error></ErrorResponse>`,
    404,
  );
}

/** Adds the remembered arguments to every instance of an answer, in place of moto's. */
function withArguments(
  answer: Answer,
  argumentsById: ReadonlyMap<string, Readonly<Record<string, string>>>,
): Answer {
  const text = answer.body.toString("utf8");
  const fixed = text.replace(/<DBInstance>.*?<\/DBInstance>/gs, (instance) => {
    const id = /<DBInstanceIdentifier>([^<]*)</.exec(instance)?.[1] ?? "";
    const remembered = argumentsById.get(id) ?? {};
    const rest = Object.keys(remembered).reduce(
      (body, element) => body.replace(new RegExp(`<${element}>[^<]*</${element}>|<${element}\\s*/>`), ""),
      instance,
    );
    return rest.replace("<DBInstance>", () => `<DBInstance>${elements(remembered)}`);
  });
  return fixed === text ? answer : withBody(answer, fixed);
}

function elements(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${xmlEscape(value)}</${name}>`)
    .join("");
}
