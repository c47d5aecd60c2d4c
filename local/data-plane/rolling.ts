/** Tasks of a service that are not being stopped. */
export interface TaskCounts {
  readonly alive: number;
  /** Running, and healthy in every target group. */
  readonly healthy: number;
}

export interface Rollout {
  readonly desired: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** Of the newest deployment. */
  readonly primary: TaskCounts;
  /** Of all deployments before it. */
  readonly old: TaskCounts;
}

/** What to do next; how many tasks each. Unhealthy old tasks are stopped first. */
export interface Moves {
  readonly start: number;
  readonly stopPrimary: number;
  readonly stopOld: number;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html */
export function nextMoves(rollout: Rollout): Moves {
  const { desired, minimumHealthyPercent, maximumPercent, primary, old } = rollout;
  const minimum = Math.ceil((desired * minimumHealthyPercent) / 100);
  const maximum = Math.floor((desired * maximumPercent) / 100);
  const spare = primary.healthy + old.healthy - minimum;
  return {
    start: atLeastZero(Math.min(desired - primary.alive, maximum - primary.alive - old.alive)),
    stopPrimary: atLeastZero(primary.alive - desired),
    stopOld: old.alive - old.healthy + atLeastZero(Math.min(old.healthy, spare)),
  };
}

/** Failed tasks after which the circuit breaker ends a deployment. */
export function breakerThreshold(desired: number): number {
  return Math.min(200, Math.max(3, Math.ceil(desired / 2)));
}

/** Milliseconds to wait before a task is started after so many failures in a row. */
export function backoffMilliseconds(failures: number): number {
  return failures === 0 ? 0 : Math.min(30_000, 500 * 2 ** (failures - 1));
}

function atLeastZero(count: number): number {
  return Math.max(0, count);
}
