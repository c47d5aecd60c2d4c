import { Names } from "../../../../contract/names";
import { tagsFor } from "../../../../contract/tags";
import type { Random } from "../kernel/random";
import type { NetworkInterface } from "./network";
import type { World } from "./world";

/** What a seeded environment is made of. Everything optional is absent unless asked for. */
export interface Shape {
  /** Environment id, also the origin of everything made for it. */
  readonly environment: string;
  readonly zones: number;
  readonly nat: "none" | "single" | "perZone";
  readonly interfaceEndpoints: number;
  readonly tasks: number;
  readonly objects: number;
  readonly uploads: number;
  /** Certificate, alias and validation records in a zone that the environment does not own. */
  readonly domain: boolean;
  /** Lies in the network of someone else. */
  readonly foreignNetwork: boolean;
  readonly database: boolean;
  /** Dashboard, topic, queue, secret, key, repository, event rule, saved query: what other stacks may add. */
  readonly extras: boolean;
  /** A free network interface that nobody owns, without tags. */
  readonly strayInterface: boolean;
  /** Two security groups that refer to each other. */
  readonly groupCycle: boolean;
  /** A fifth of all resources, or all of these types, that the state has lost. They still carry their tags. */
  readonly lostFromState: boolean | readonly string[];
}

export const USUAL: Omit<Shape, "environment"> = {
  zones: 2,
  nat: "single",
  interfaceEndpoints: 0,
  tasks: 2,
  objects: 5,
  uploads: 1,
  domain: false,
  foreignNetwork: false,
  database: false,
  extras: false,
  strayInterface: false,
  groupCycle: true,
  lostFromState: false,
};

/** A line of the Terraform state. */
export interface StateLine {
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Makes resources of one origin, tagged as a stack tags them, and notes what Terraform would. */
export class Builder {
  public readonly state: StateLine[] = [];
  public readonly tags: Record<string, string>;
  public readonly names: Names;

  constructor(
    public readonly world: World,
    public readonly random: Random,
    public readonly origin: string,
    ephemeral = true,
  ) {
    const scope = { system: "automock", environment: origin };
    this.names = new Names({ ...scope, ...world.place });
    this.tags = tagsFor({ ...scope, owner: "team-a", costCenter: "cc-1", ephemeral });
  }

  /** What every resource has. */
  public of(id: string, service: string, resource: string) {
    return { id, arn: this.world.arn(service, resource), tags: { ...this.tags }, origin: this.origin };
  }

  public manage(type: string, name: string, attributes: Readonly<Record<string, unknown>>): void {
    this.state.push({ mode: "managed", type, name: `${name}_${this.state.length}`, attributes });
  }

  public networkInterface(
    of: Pick<NetworkInterface, "vpcId" | "subnetId" | "groupIds" | "description"> & Partial<NetworkInterface>,
  ): NetworkInterface {
    const id = this.world.newId("eni");
    return this.world.interfaces.add({
      ...this.of(id, "ec2", `network-interface/${id}`),
      tags: {}, // made by services
      interfaceType: "interface",
      requesterManaged: true,
      publicIp: undefined,
      status: "in-use",
      ...of,
    });
  }
}
