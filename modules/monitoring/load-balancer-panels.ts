import type { OfficeHours } from "../shared/office-hours";
import { isMath, RUNBOOKS, type AlarmDefinition, type Metric, type MetricMath, type Panel } from "./metric";
import { plannedToRun } from "./planned-hours";
import { filled } from "../shared/silence";

export interface LoadBalancerThresholds {
  /** Alarm if the p95 response time is above this for ten minutes. @default no alarm */
  readonly latencySeconds?: number;
  /** Alarm above this number of 4xx responses in five minutes. @default no alarm */
  readonly clientErrors?: number;
  /** Alarm above this number of 5xx responses in one minute. */
  readonly serverErrors: number;
}

export interface LoadBalancerMetrics {
  /** `LoadBalancer` dimension (a token). */
  readonly loadBalancer: string;
  /** `TargetGroup` dimension of each target group (tokens): one, or two when deployments shift traffic. */
  readonly targetGroups: readonly string[];
  readonly thresholds: LoadBalancerThresholds;
  /** Whether to count all 5xx responses or only those that the load balancer generates. */
  readonly serverErrorsOf: "targetsAndLoadBalancer" | "loadBalancer";
  /** Hours outside of which no task runs, so the load balancer's 503 is no alarm. @default always */
  readonly officeHours?: OfficeHours;
}

/** Latency, requests, hosts and errors. Metrics: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
export function loadBalancerPanels(props: LoadBalancerMetrics): readonly Panel[] {
  const { thresholds } = props;
  const balancer = (id: string, label: string, metricName: string, rest: Drawn): Metric => ({
    id,
    label,
    namespace: "AWS/ApplicationELB",
    metricName,
    dimensions: { LoadBalancer: props.loadBalancer },
    ...rest,
  });
  const latency = (statistic: Metric["statistic"], periodSeconds: number) =>
    balancer(statistic, statistic, "TargetResponseTime", { statistic, periodSeconds });
  const minute = { statistic: "Sum", periodSeconds: 60 } as const;
  const hosts = (id: string, label: string, metricName: string, statistic: "Maximum" | "Minimum") =>
    overTargetGroups(props, { id, label, metricName, statistic });
  const unhealthy = hosts("unhealthy", "unhealthy", "UnHealthyHostCount", "Maximum");
  const clientErrors = balancer("client_errors", "4xx in 5 minutes", "HTTPCode_Target_4XX_Count", {
    statistic: "Sum",
    periodSeconds: 300,
  });
  const serverErrors = serverErrorSignal(props, balancer);
  const { officeHours } = props;
  const quiet = { missingData: "notBreaching" } as const;
  return [
    {
      title: "Answer time",
      unit: "seconds",
      signals: [latency("p50", 60), latency("p95", 60), latency("p99", 60)],
      alarms: whenSet(thresholds.latencySeconds, (seconds) =>
        alarm("latency", "warning", {
          description: `the slowest 5 % of the requests took more than ${seconds} s for ten minutes`,
          runbook: `${RUNBOOKS}#latency`,
          signal: latency("p95", 300),
          comparison: "above",
          threshold: seconds,
          datapoints: { alarm: 2, of: 2 },
          ...quiet,
        }),
      ),
    },
    {
      title: "Requests per minute",
      unit: "requests",
      signals: [balancer("requests", "requests", "RequestCount", minute)],
      alarms: [],
    },
    {
      title: "Hosts",
      unit: "hosts",
      signals: [hosts("healthy", "healthy", "HealthyHostCount", "Minimum"), unhealthy],
      alarms: [
        alarm("unhealthy-hosts", "warning", {
          description: "a task has failed its health check for two minutes",
          runbook: `${RUNBOOKS}#unhealthy-hosts`,
          signal: unhealthy,
          comparison: "atLeast",
          threshold: 1,
          datapoints: { alarm: 2, of: 2 },
          ...quiet,
        }),
      ],
    },
    {
      title: "Client errors",
      unit: "answers",
      signals: [clientErrors],
      alarms: whenSet(thresholds.clientErrors, (answers) =>
        alarm("client-errors", "warning", {
          description: `more than ${answers} requests in five minutes were answered with 4xx`,
          runbook: `${RUNBOOKS}#client-errors`,
          signal: clientErrors,
          comparison: "above",
          threshold: answers,
          datapoints: { alarm: 1, of: 1 },
          ...quiet,
        }),
      ),
    },
    {
      title: "Server errors",
      unit: "answers",
      signals: [serverErrors],
      alarms: [
        alarm("server-errors", "critical", {
          description: `more than ${thresholds.serverErrors} requests in a minute were answered with 5xx`,
          runbook: `${RUNBOOKS}#server-errors`,
          signal: officeHours ? duringHours(serverErrors, officeHours) : serverErrors,
          comparison: "above",
          threshold: thresholds.serverErrors,
          datapoints: { alarm: 1, of: 1 },
          ...quiet,
        }),
      ],
    },
  ];
}

function whenSet(
  threshold: number | undefined,
  make: (threshold: number) => AlarmDefinition,
): readonly AlarmDefinition[] {
  return threshold === undefined ? [] : [make(threshold)];
}

type Drawn = Pick<Metric, "statistic" | "periodSeconds">;

function alarm(
  key: string,
  severity: AlarmDefinition["severity"],
  rest: Omit<AlarmDefinition, "key" | "severity">,
): AlarmDefinition {
  return { key, severity, ...rest };
}

/** Without healthy targets the load balancer returns 503 itself, which the target metric does not count. */
function serverErrorSignal(
  { serverErrorsOf }: LoadBalancerMetrics,
  balancer: (id: string, label: string, metricName: string, rest: Drawn) => Metric,
): Metric | MetricMath {
  const minute = { statistic: "Sum", periodSeconds: 60 } as const;
  const own = balancer("load_balancer_5xx", "of the load balancer", "HTTPCode_ELB_5XX_Count", minute);
  if (serverErrorsOf === "loadBalancer") return own;
  const targets = balancer("target_5xx", "of the tasks", "HTTPCode_Target_5XX_Count", minute);
  return {
    id: "server_errors",
    label: "5xx in a minute",
    expression: "FILL(target_5xx, 0) + FILL(load_balancer_5xx, 0)",
    uses: [targets, own],
  };
}

/** The signal while tasks are planned to run, otherwise 0. */
function duringHours(signal: Metric | MetricMath, hours: OfficeHours): MetricMath {
  const uses = isMath(signal) ? signal.uses : [signal];
  const value = isMath(signal) ? signal.expression : filled(signal.id);
  const expression = `IF(${plannedToRun(filled(uses[0]!.id), hours)}, ${value}, 0)`;
  return { id: "planned_hours", label: signal.label, expression, uses };
}

/** AWS counts hosts per target group. With two groups, the empty one must not hide the other. */
function overTargetGroups(
  { loadBalancer, targetGroups }: LoadBalancerMetrics,
  metric: Pick<Metric, "id" | "label" | "metricName" | "statistic">,
): Metric | MetricMath {
  const of = (targetGroup: string, id: string): Metric => ({
    ...metric,
    id,
    namespace: "AWS/ApplicationELB",
    dimensions: { LoadBalancer: loadBalancer, TargetGroup: targetGroup },
    periodSeconds: 60,
  });
  const [blue, green] = targetGroups;
  if (green === undefined) return of(blue!, metric.id);
  const uses = [of(blue!, `${metric.id}_blue`), of(green, `${metric.id}_green`)];
  return {
    id: metric.id,
    label: metric.label,
    expression: `MAX([${uses.map(({ id }) => `FILL(${id}, 0)`).join(", ")}])`,
    uses,
  };
}
