import { randomUUID } from "node:crypto";

export interface ServiceEvent {
  readonly id: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly message: string;
}

/** ECS shows so many. */
const MAX_EVENTS = 100;

/** What ECS says about a service, in its words. */
export class ServiceEvents {
  private readonly events: ServiceEvent[] = [];

  constructor(private readonly service: string) {}

  add(what: string): void {
    this.events.unshift({
      id: randomUUID(),
      createdAt: Date.now() / 1000,
      message: `(service ${this.service}) ${what}`,
    });
    this.events.splice(MAX_EVENTS);
  }

  /** The newest first. */
  get list(): readonly ServiceEvent[] {
    return this.events;
  }
}
