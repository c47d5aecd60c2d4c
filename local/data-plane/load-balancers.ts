import { LocalLoadBalancer, type LoadBalancerOptions } from "./load-balancer";

/** The load balancers that are open, by ARN. */
export class LoadBalancers {
  private readonly open = new Map<string, LocalLoadBalancer>();
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly options: Omit<LoadBalancerOptions, "arn">) {}

  /** Opens a front door and returns its address: `127.0.0.1:<port>`. */
  async create(arn: string): Promise<string> {
    const loadBalancer = await LocalLoadBalancer.open({ ...this.options, arn });
    this.open.set(arn, loadBalancer);
    return loadBalancer.address;
  }

  /**
   * Something was changed. Resolves when new listeners listen and deleted ones do not. What a listing lacks stays open:
   * it may have failed, or have begun before the load balancer was created.
   */
  changed(): Promise<void> {
    this.options.elb.changed();
    return this.next(async () => {
      const { loadBalancers } = await this.options.elb.current();
      for (const [arn, one] of this.open) {
        const state = loadBalancers.get(arn);
        if (state) await one.follow(state);
      }
    });
  }

  /** Closes the doors of one that was deleted. */
  delete(arn: string): Promise<void> {
    return this.next(async () => {
      const one = this.open.get(arn);
      this.open.delete(arn);
      await one?.close();
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.open.values()].map((one) => one.close()));
  }

  /** One after another. A step that fails is its caller's, not the next one's. */
  private next(step: () => Promise<void>): Promise<void> {
    return (this.last = this.last.then(step, step));
  }
}
