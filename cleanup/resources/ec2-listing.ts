import { DescribeNetworkInterfacesCommand, type Filter } from "@aws-sdk/client-ec2";
import { TAG } from "../../contract/tags";
import type { Clients } from "../aws/clients";
import { allPages, chunks, paged, type Page } from "../aws/pages";
import type { Found, Outcome } from "../engine/resource";
import type { Operations } from "./resource-type";
import { idHints, removeOrNameBlockers } from "./shared";

/** How EC2 describes one type. */
export interface Ec2Type<Item> {
  /** Filter that takes ids: unlike the ids themselves, it answers nothing for what is gone. */
  readonly idFilter: string;
  /** Filter that takes VPC ids, where the type lies in a VPC. */
  readonly vpcFilter?: string;
  describe(filters: Filter[], token?: string): Promise<Page<Item>>;
  /** `undefined` for what is deleted and only still listed. */
  found(item: Item): Omit<Found, "type"> | undefined;
}

/** Most values that one filter takes. */
const FILTER_VALUES = 200;

/** `list` and `look` of an EC2 type: by tag, by owned VPC, and by the ids of the state. */
export function ec2Listing<Item>(type: string, spec: Ec2Type<Item>): Pick<Operations, "list" | "look"> {
  const { idFilter, vpcFilter } = spec;
  const describe = (name: string, values: readonly string[]) =>
    paged((token) => spec.describe([{ Name: name, Values: [...values] }], token));
  return {
    async *list(env) {
      const seen = new Set<string>();
      const unseen = function* (item: Item): Generator<Found> {
        const found = spec.found(item);
        if (!found || seen.has(found.id)) return;
        seen.add(found.id);
        yield { type, ...found };
      };
      for await (const item of describe(`tag:${TAG.environment}`, [env.environment])) yield* unseen(item);
      if (vpcFilter && env.ownedVpcIds.length > 0) {
        for await (const item of describe(vpcFilter, env.ownedVpcIds)) yield* unseen(item);
      }
      const missing = idHints(env, type).filter((id) => !seen.has(id));
      for (const ids of chunks(missing, FILTER_VALUES)) {
        for await (const item of describe(idFilter, ids)) yield* unseen(item);
      }
    },
    async look({ id }) {
      for await (const item of describe(idFilter, [id])) {
        const found = spec.found(item);
        if (found?.id === id) return found.presence ?? "present";
      }
      return "absent";
    },
  };
}

/** What EC2 calls a resource that something still needs. */
const IN_USE = [
  "DependencyViolation",
  "ResourceInUse",
  "InvalidNetworkInterface.InUse",
  "InvalidGroup.InUse",
];

/** Removes, and names the network interfaces that are in the way. */
export function removeUnlessInterfaces(
  clients: Clients,
  filter: Filter,
  remove: () => Promise<Outcome>,
): Promise<Outcome> {
  return removeOrNameBlockers(remove, IN_USE, async () => {
    const interfaces = await allPages(async (token) => {
      const page = await clients.ec2.send(
        new DescribeNetworkInterfacesCommand({ Filters: [filter], NextToken: token }),
      );
      return { items: page.NetworkInterfaces, next: page.NextToken };
    });
    return interfaces.map(({ NetworkInterfaceId: id, Description }) =>
      Description ? `ec2:network-interface ${id} (${Description})` : `ec2:network-interface ${id}`,
    );
  });
}

/** A 200 answer of EC2 that names what it did not do. */
export interface Unsuccessful {
  readonly ResourceId?: string;
  readonly Error?: { readonly Code?: string; readonly Message?: string };
}
