import { BlockList } from "node:net";
import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  type IpPermission,
  type SecurityGroup,
} from "@aws-sdk/client-ec2";

/** Where a task or a database lies in a network. */
export interface NetworkPlace {
  /** Ids. */
  readonly securityGroups: readonly string[];
  /** Ids. */
  readonly subnets: readonly string[];
}

/** One end of a connection. */
export interface Peer {
  readonly groups: readonly SecurityGroup[];
  /** IPv4 networks, one of which its address is in. */
  readonly cidrs: readonly string[];
}

/** Whether the security groups of both ends allow a TCP connection, as they are now. */
export async function isAllowed(
  ec2: Pick<EC2Client, "send">,
  from: NetworkPlace,
  to: NetworkPlace,
  port: number,
): Promise<boolean> {
  const peer = async ({ securityGroups, subnets }: NetworkPlace): Promise<Peer> => {
    const [{ SecurityGroups = [] }, { Subnets = [] }] = await Promise.all([
      ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [...securityGroups] })),
      ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...subnets] })),
    ]);
    return { groups: SecurityGroups, cidrs: Subnets.map(({ CidrBlock }) => CidrBlock!) };
  };
  const [client, server] = await Promise.all([peer(from), peer(to)]);
  return permits(client, server, port);
}

/** An outbound rule of the client and an inbound rule of the server must allow the connection. */
export function permits(client: Peer, server: Peer, port: number): boolean {
  const allows = (rules: readonly (IpPermission[] | undefined)[], other: Peer) =>
    rules.some((list = []) => list.some((rule) => covers(rule, other, port)));
  return (
    allows(
      client.groups.map(({ IpPermissionsEgress }) => IpPermissionsEgress),
      server,
    ) &&
    allows(
      server.groups.map(({ IpPermissions }) => IpPermissions),
      client,
    )
  );
}

function covers(rule: IpPermission, { groups, cidrs }: Peer, port: number): boolean {
  const { IpProtocol, FromPort = 0, ToPort = 65_535, UserIdGroupPairs = [], IpRanges = [] } = rule;
  const isOfPort = IpProtocol === "-1" || (IpProtocol === "tcp" && FromPort <= port && port <= ToPort);
  const networks = new BlockList();
  for (const { CidrIp } of IpRanges) {
    const [network, prefix] = CidrIp!.split("/");
    networks.addSubnet(network!, Number(prefix));
  }
  return (
    isOfPort &&
    (UserIdGroupPairs.some(({ GroupId }) => groups.some((group) => group.GroupId === GroupId)) ||
      cidrs.some((cidr) => networks.check(cidr.split("/")[0]!)))
  );
}
