interface Group {
  readonly service: string;
  readonly port: number;
  readonly count: number;
  /** When they become healthy, in milliseconds since 1970. */
  readonly healthyFrom: number;
}

/** A target that is a record. */
interface Target {
  readonly address: string;
  readonly port: number;
  readonly healthy: boolean;
}

/** Targets for services whose tasks are records and therefore never register themselves. */
export class Targets {
  private readonly groups = new Map<string, Group>();

  constructor(private readonly now: () => number = Date.now) {}

  set(targetGroupArn: string, group: Group): void {
    this.groups.set(targetGroupArn, group);
  }

  /** Deletes the targets of a service. */
  remove(service: string): void {
    for (const [arn, group] of this.groups) if (group.service === service) this.groups.delete(arn);
  }

  of(targetGroupArn: string): Target[] {
    const { count = 0, port = 0, healthyFrom = 0 } = this.groups.get(targetGroupArn) ?? {};
    return Array.from({ length: count }, (_, i) => ({
      address: `10.0.${Math.floor(i / 200)}.${10 + (i % 200)}`,
      port,
      healthy: this.now() >= healthyFrom,
    }));
  }
}
