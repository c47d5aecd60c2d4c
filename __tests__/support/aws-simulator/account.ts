import { Process } from "./kernel/faults";
import { Scenario } from "./scenario";
import { USUAL } from "./world/seed-parts";

/** An account with one of everything in an environment `alpha`, for calls by hand. Nobody cleans up in it. */
export class Account {
  public readonly scenario = new Scenario({ seed: 11 });
  public readonly world = this.scenario.world;
  private readonly process = new Process();

  constructor() {
    this.scenario.stop();
    const shape = {
      ...USUAL,
      domain: true,
      extras: true,
      database: true,
      interfaceEndpoints: 1,
      strayInterface: true,
    };
    this.scenario.add({ ...shape, environment: "alpha" });
  }

  public mine<T extends { origin: string }>(all: readonly T[]): T[] {
    return all.filter(({ origin }) => origin === "alpha");
  }

  public first<T extends { origin: string }>(all: readonly T[]): T {
    return this.mine(all)[0]!;
  }

  /** Sends a command of the SDK and lets the time pass that it takes. */
  public send<Output>(service: string, command: unknown): Promise<Output> {
    const principal = { arn: "arn:aws:iam::111122223333:role/test", tags: {} };
    const client = this.scenario.simulator.client(service, this.process, principal);
    return this.scenario.clock.run(client.send(command) as Promise<Output>);
  }

  /** Name of the error, or "no error". */
  public errorOf(service: string, command: unknown): Promise<string> {
    return this.send(service, command).then(
      () => "no error",
      (error: Error) => error.name,
    );
  }

  public later(ms: number): Promise<void> {
    return this.scenario.clock.runUntil(this.scenario.clock.now() + ms);
  }
}
