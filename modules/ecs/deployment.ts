import type { EcsServiceConfig } from "@cdktf/provider-aws/lib/ecs-service";
import { wholeNumberFaults } from "../shared/faults";

/**
 * Replaces tasks gradually. A circuit breaker, which only this strategy has, rolls back a deployment whose tasks do not
 * become healthy.
 */
export interface RollingDeployment {
  readonly strategy: "rolling";
  /** CloudWatch alarms that also roll back a deployment. @default none */
  readonly alarmNames?: readonly string[];
}

interface TrafficShift {
  /** Minutes to keep the old tasks after all traffic has shifted, 0 to 1440. */
  readonly bakeMinutes: number;
  /** CloudWatch alarms that roll back the deployment, at least one. */
  readonly alarmNames: readonly string[];
}

/** Moves all traffic at once to a second set of tasks. */
export interface BlueGreenDeployment extends TrafficShift {
  readonly strategy: "blueGreen";
}

/** Moves a small part of the traffic first, the rest after a while. */
export interface CanaryDeployment extends TrafficShift {
  readonly strategy: "canary";
  /** First part of the traffic in percent, 0.1 to 100 in steps of 0.1. */
  readonly canaryPercent: number;
  /** Minutes before the rest follows, 0 to 1440. */
  readonly canaryBakeMinutes: number;
}

/** Moves the traffic in equal steps. */
export interface LinearDeployment extends TrafficShift {
  readonly strategy: "linear";
  /** Part of the traffic per step in percent, 3 to 100 in steps of 0.1. */
  readonly stepPercent: number;
  /** Minutes between steps, 0 to 1440. */
  readonly stepBakeMinutes: number;
}

/**
 * How new tasks replace old ones. All but `rolling` run every task twice during a deployment and raise the
 * lower bound of the stack's AWS provider.
 *
 * Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html,
 * API_CanaryConfiguration.html, API_LinearConfiguration.html and API_DeploymentCircuitBreaker.html beside it
 */
export type Deployment = RollingDeployment | TrafficShiftDeployment;
export type TrafficShiftDeployment = BlueGreenDeployment | CanaryDeployment | LinearDeployment;

/** A deployment without its alarms. */
export type DeploymentStrategy = Deployment extends infer D
  ? D extends Deployment
    ? Omit<D, "alarmNames">
    : never
  : never;

/** First provider release that supports all of these strategies without the bugs of earlier ones. */
export const TRAFFIC_SHIFT_PROVIDER = "6.21.0";

const MAX_MINUTES = 1440;

/** Time for tasks to start and drain, in addition to the strategy's own waits. */
const MARGIN_MINUTES = 30;

export function shiftsTraffic(deployment: Deployment): deployment is TrafficShiftDeployment {
  return deployment.strategy !== "rolling";
}

/** Validates a deployment. */
export function deploymentFaults(deployment: Deployment): readonly string[] {
  if (!shiftsTraffic(deployment)) return alarmFaults(deployment.alarmNames, 0);
  return [
    ...alarmFaults(deployment.alarmNames, 1),
    ...wholeNumberFaults("bakeMinutes", deployment.bakeMinutes, 0, MAX_MINUTES),
    ...(deployment.strategy === "canary"
      ? [
          ...percentFaults("canaryPercent", deployment.canaryPercent, 0.1),
          ...wholeNumberFaults("canaryBakeMinutes", deployment.canaryBakeMinutes, 0, MAX_MINUTES),
        ]
      : []),
    ...(deployment.strategy === "linear"
      ? [
          ...percentFaults("stepPercent", deployment.stepPercent, 3),
          ...wholeNumberFaults("stepBakeMinutes", deployment.stepBakeMinutes, 0, MAX_MINUTES),
        ]
      : []),
  ];
}

/** The service's arguments for its deployment, without the load balancer. */
export function deploymentArguments(
  deployment: Deployment,
): Pick<EcsServiceConfig, "deploymentCircuitBreaker" | "deploymentConfiguration" | "alarms" | "timeouts"> {
  const { alarmNames = [] } = deployment;
  const alarms =
    alarmNames.length === 0 ? undefined : { alarmNames: [...alarmNames], enable: true, rollback: true };
  if (!shiftsTraffic(deployment))
    return { deploymentCircuitBreaker: { enable: true, rollback: true }, alarms };
  // Terraform waits for the steady state, which comes after the bake time, and gives up after 20 minutes
  // by default.
  const wait = `${longestMinutes(deployment) + MARGIN_MINUTES}m`;
  return {
    alarms,
    timeouts: { create: wait, update: wait },
    deploymentConfiguration: {
      bakeTimeInMinutes: String(deployment.bakeMinutes),
      ...strategyArguments(deployment),
    },
  };
}

function strategyArguments(deployment: TrafficShiftDeployment) {
  switch (deployment.strategy) {
    case "blueGreen":
      return { strategy: "BLUE_GREEN" };
    case "canary":
      return {
        strategy: "CANARY",
        canaryConfiguration: {
          canaryPercent: deployment.canaryPercent,
          canaryBakeTimeInMinutes: String(deployment.canaryBakeMinutes),
        },
      };
    case "linear":
      return {
        strategy: "LINEAR",
        linearConfiguration: {
          stepPercent: deployment.stepPercent,
          stepBakeTimeInMinutes: String(deployment.stepBakeMinutes),
        },
      };
  }
}

function longestMinutes(deployment: TrafficShiftDeployment): number {
  switch (deployment.strategy) {
    case "blueGreen":
      return deployment.bakeMinutes;
    case "canary":
      return deployment.canaryBakeMinutes + deployment.bakeMinutes;
    case "linear":
      return Math.ceil(100 / deployment.stepPercent) * deployment.stepBakeMinutes + deployment.bakeMinutes;
  }
}

function alarmFaults(alarmNames: readonly string[] = [], least: number): readonly string[] {
  const twice = alarmNames.filter((name, index) => alarmNames.indexOf(name) !== index);
  return [
    ...(alarmNames.length < least
      ? ["alarmNames is empty; add at least one alarm, because nothing else can roll this strategy back"]
      : []),
    ...twice.map((name) => `alarmNames has "${name}" twice; name each alarm once`),
  ];
}

function percentFaults(name: string, value: number, least: number): readonly string[] {
  const inTenths = Number.isInteger(Math.round(value * 1e6) / 1e5);
  return inTenths && value >= least && value <= 100
    ? []
    : [`${name} is ${value}; write a percentage from ${least} to 100 in steps of 0.1`];
}
