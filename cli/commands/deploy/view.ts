import type { Output } from "../../../operations/terraform/terraform";
import type { StackRef } from "../../../environments/stacks";
import type { Terms } from "../../../operations/leases/terms";
import { timeLeft } from "../../../operations/leases/terms";

export const WIDTH = 80;
const KEY_WIDTH = 14;

export interface DetailsInput {
  readonly stack: StackRef;
  readonly outputs: Readonly<Record<string, Output>>;
  /** Time to live of an ephemeral environment, if the registry was reachable. */
  readonly terms?: Terms;
}

/** What a person needs to know about a stack after its deployment, in sections of 80 columns. */
export function detailsText(input: DetailsInput): string[] {
  const { stack } = input;
  const rule = "=".repeat(WIDTH);
  const sections = stack.system === "automock" ? automockSections(input) : taskApiSections(input);
  return [rule, `  ${stack.id} is deployed`, rule, ...sections.flatMap(sectionLines), "", rule];
}

interface Section {
  readonly title: string;
  /** Key and value; a value without a key has its own line. */
  readonly rows: readonly (readonly [key: string, value: string | undefined])[];
}

function automockSections({ stack, outputs, terms }: DetailsInput): Section[] {
  const { id, definition } = stack;
  const text = textOf(outputs);
  const automock = definition?.automock;
  const size = automock?.size;
  const url = text("mock_url");
  const isRolling = automock?.deployment.strategy === "rolling";
  return [
    project(stack),
    {
      title: "ENDPOINTS",
      rows: [
        ["Mock API", url],
        ["Load balancer", text("alb_dns_name")],
        ["Dashboard", text("dashboard_name")],
      ],
    },
    {
      title: "COMPUTE RESOURCES",
      rows: [
        ["Cluster", text("cluster_name")],
        ["Service", text("service_name")],
        ["Size", typeof size === "object" ? `${size.cpuUnits} CPU units, ${size.memoryMiB} MiB` : size],
        ["Tasks", automock && `${automock.tasks.min} to ${automock.tasks.max}`],
      ],
    },
    {
      title: "STORAGE",
      rows: [
        ["Bucket", text("config_bucket")],
        ["Key", text("expectations_key")],
      ],
    },
    teardown(stack, outputs, terms),
    {
      title: "QUICK START",
      rows: [
        ["", `MOCK_URL=${url}`],
        ["", `automock expectations push ${id} expectations.json`],
        ["", `curl "$MOCK_URL/greeting"   # one of your paths, from apiAllowedCidrs`],
        ...(isRolling
          ? ([
              ["", "# from controlPlaneAllowedCidrs; 403 from anywhere else:"],
              ["", `curl "$MOCK_URL/mockserver/ready"`],
              ["", `curl -X PUT "$MOCK_URL/mockserver/retrieve?type=ACTIVE_EXPECTATIONS"`],
            ] as const)
          : []),
      ],
    },
    {
      title: "MANAGEMENT",
      rows: [
        ["Status", `automock status ${id}`],
        ["Expectations", `automock expectations history ${id}`],
        ["Destroy", `automock destroy ${id}`],
        ...logRows(outputs),
      ],
    },
  ];
}

function taskApiSections({ stack, outputs, terms }: DetailsInput): Section[] {
  const { id, definition } = stack;
  const text = textOf(outputs);
  const tasks = definition?.taskApi?.tasks;
  return [
    project(stack),
    {
      title: "ENDPOINTS",
      rows: [
        ["Task API", text("api_url")],
        ["Dashboard", text("dashboard_name")],
      ],
    },
    {
      title: "COMPUTE RESOURCES",
      rows: [
        ["Cluster", text("cluster_name")],
        ["Service", text("service_name")],
        ["Task family", text("task_family")],
        ["Tasks", tasks && `${tasks.min} to ${tasks.max}`],
        ["Repository", text("repository_url")],
      ],
    },
    {
      title: "STORAGE",
      rows: [
        ["Database", text("database_address")],
        ["PostgreSQL", text("database_version")],
        ["Secret", text("database_secret_arn")],
      ],
    },
    teardown(stack, outputs, terms),
    {
      title: "QUICK START",
      rows: [
        ["", `API_URL=${text("api_url")}`],
        ["", `npm run smoke -- "$API_URL"   # reads only, from the allowed networks`],
      ],
    },
    {
      title: "MANAGEMENT",
      rows: [
        ["Status", `automock status ${id}`],
        ["Release", "docs/task-api/delivery.md"],
        ["Destroy", `automock destroy ${id}`],
        ...logRows(outputs),
      ],
    },
  ];
}

function project({ id, environment, accountId, region, definition }: StackRef): Section {
  return {
    title: "PROJECT DETAILS",
    rows: [
      ["Stack", id],
      ["Environment", environment],
      ["Account", accountId],
      ["Region", region],
      ["Owner", definition?.owner],
    ],
  };
}

function teardown({ id, definition }: StackRef, outputs: DetailsInput["outputs"], terms?: Terms): Section {
  const title = "AUTO-TEARDOWN";
  const ttlHours = definition?.ttlHours;
  if (ttlHours === undefined) return { title, rows: [["", "none: this environment is permanent"]] };
  const hours = `${ttlHours} ${ttlHours === 1 ? "hour" : "hours"} from the first deploy`;
  return {
    title,
    rows: [
      ["TTL", hours],
      ["Expires at", terms?.expiresAt ?? textOf(outputs)("expires_at")],
      ["Time left", terms && timeLeft(terms).replace(/ left$/, "")],
      ["Protected", terms?.protected ? "yes: it is not deleted while protected" : undefined],
      ["Extend", `automock extend ${id} --by 2h`],
    ],
  };
}

function logRows(outputs: DetailsInput["outputs"]): [string, string][] {
  const groups = outputs.log_groups?.value;
  if (!Array.isArray(groups)) return [];
  return groups.map((group, i) => [i === 0 ? "Logs" : "", String(group)]);
}

/** An output as text; a sensitive value is hidden. */
function textOf(outputs: DetailsInput["outputs"]): (name: string) => string | undefined {
  return (name) => {
    const output = outputs[name];
    if (output === undefined) return undefined;
    return output.sensitive ? "(sensitive)" : String(output.value);
  };
}

function sectionLines({ title, rows }: Section): string[] {
  const lines = rows
    .filter(([, value]) => value !== undefined)
    .flatMap(([key, value]) =>
      rowLines(key, value!, title === "QUICK START" || rows.every(([k]) => k === "")),
    );
  return ["", title, ...lines];
}

/** A value that does not fit beside its key goes below it in one piece, so that it can be copied. */
function rowLines(key: string, value: string, isPlain: boolean): string[] {
  if (isPlain) return [`  ${value}`];
  const line = `  ${(key === "" ? "" : `${key}:`).padEnd(KEY_WIDTH + 1)} ${value}`;
  return line.length <= WIDTH ? [line] : [`  ${key}:`, `    ${value}`];
}
