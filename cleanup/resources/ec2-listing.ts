import { DescribeNetworkInterfacesCommand, type Filter, type NetworkInterface } from "@aws-sdk/client-ec2";
import { TAG } from "../../contract/tags";
import type { Clients } from "../aws/clients";
import { batched } from "../aws/batch";
import { allPages, chunks, type Page } from "../aws/pages";
import type { Found, Outcome } from "../engine/resource";
import type { Operations } from "./resource-type";
import { idHints, removeOrNameBlockers } from "./shared";

/** How EC2 describes one type. */
export interface Ec2Type<Item> {
  /** Filter for ids. Unlike a request by id, it is not an error for deleted resources. */
  readonly idFilter: string;
  /** Filter for VPC ids, if the type is in a VPC. */
  readonly vpcFilter?: string;
  describe(filters: Filter[], token?: string): Promise<Page<Item>>;
  /** `undefined` for deleted resources that are still listed. */
  found(item: Item): Omit<Found, "type"> | undefined;
}

/** Maximum number of values in one filter. */
const FILTER_VALUES = 200;

/**
 * `list` and `look` of an EC2 type: by tag, by owned VPC, and by the ids of the state. Environments that are deleted at
 * the same time share their requests.
 */
export function ec2Listing<Item>(
  { ec2 }: Pick<Clients, "ec2">,
  type: string,
  spec: Ec2Type<Item>,
): Pick<Operations, "list" | "look"> {
  const { idFilter, vpcFilter } = spec;
  const ask = async (Name: string, values: readonly string[]): Promise<Found[]> => {
    const found: Found[] = [];
    for (const Values of chunks(values, FILTER_VALUES)) {
      const items = await allPages((token) => spec.describe([{ Name, Values }], token));
      for (const item of items) {
        const one = spec.found(item);
        if (one) found.push({ type, ...one });
      }
    }
    return found;
  };
  const describe = async (
    name: string,
    values: readonly string[],
    isMeant: (found: Found) => boolean,
  ): Promise<Found[]> => {
    if (values.length === 0) return [];
    const found = await batched(ec2, `${type} ${name}`, values, (all) => ask(name, all));
    return found.filter(isMeant);
  };
  return {
    async *list(env) {
      const { environment, ownedVpcIds } = env;
      const [tagged, inVpc] = await Promise.all([
        describe(
          `tag:${TAG.environment}`,
          [environment],
          ({ tags }) => tags !== "unreadable" && tags[TAG.environment] === environment,
        ),
        vpcFilter
          ? describe(
              vpcFilter,
              ownedVpcIds,
              ({ vpcId }) => vpcId !== undefined && ownedVpcIds.includes(vpcId),
            )
          : [],
      ]);
      const found = new Map([...tagged, ...inVpc].map((one) => [one.id, one]));
      const missing = idHints(env, type).filter((id) => !found.has(id));
      for (const one of await describe(idFilter, missing, ({ id }) => missing.includes(id)))
        found.set(one.id, one);
      yield* found.values();
    },
    async look({ id }) {
      const [found] = await describe(idFilter, [id], (one) => one.id === id);
      return found ? (found.presence ?? "present") : "absent";
    },
  };
}

/** EC2's errors for a resource that is still in use. */
const IN_USE = [
  "DependencyViolation",
  "ResourceInUse",
  "InvalidNetworkInterface.InUse",
  "InvalidGroup.InUse",
];

/**
 * Deletes, and names the network interfaces that prevent it, with the instance that uses them.
 *
 * @param others names what else prevents it @default nothing
 */
export function removeUnlessInterfaces(
  clients: Clients,
  filter: Filter,
  remove: () => Promise<Outcome>,
  others: () => Promise<readonly string[]> = async () => [],
): Promise<Outcome> {
  return removeOrNameBlockers(remove, IN_USE, async () => {
    const interfaces = await allPages(async (token) => {
      const page = await clients.ec2.send(
        new DescribeNetworkInterfacesCommand({ Filters: [filter], NextToken: token }),
      );
      return { items: page.NetworkInterfaces, next: page.NextToken };
    });
    const cards = interfaces.map((card) => {
      const about = [card.Description, userOf(card)].filter(Boolean).join(", ");
      return `ec2:network-interface ${card.NetworkInterfaceId}${about === "" ? "" : ` (${about})`}`;
    });
    return [...cards, ...(await others())];
  });
}

/** What uses an interface: an instance. Services say it in the description. */
export function userOf({ Attachment }: NetworkInterface): string | undefined {
  return Attachment?.InstanceId ? `instance ${Attachment.InstanceId}` : undefined;
}

/** A 200 answer of EC2 that reports failures. */
export interface Unsuccessful {
  readonly ResourceId?: string;
  readonly Error?: { readonly Code?: string; readonly Message?: string };
}
