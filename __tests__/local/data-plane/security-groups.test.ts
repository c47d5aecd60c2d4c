import type { IpPermission } from "@aws-sdk/client-ec2";
import { permits, type Peer } from "../../../local/data-plane/security-groups";

const TCP: IpPermission = { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432 };
const group = (GroupId: string): IpPermission => ({ ...TCP, UserIdGroupPairs: [{ GroupId }] });
const cidr = (CidrIp: string): IpPermission => ({ ...TCP, IpRanges: [{ CidrIp }] });

const client = (...IpPermissionsEgress: IpPermission[]): Peer => ({
  groups: [{ GroupId: "sg-other" }, { GroupId: "sg-tasks", IpPermissionsEgress }],
  cidrs: ["10.1.0.0/24"],
});
const server = (...IpPermissions: IpPermission[]): Peer => ({
  groups: [{ GroupId: "sg-database", IpPermissions }],
  cidrs: ["10.1.9.0/24"],
});

it.each<[string, Peer, Peer, boolean]>([
  ["a rule for each other's group", client(group("sg-database")), server(group("sg-tasks")), true],
  ["a rule for each other's network", client(cidr("10.1.0.0/16")), server(cidr("10.1.0.0/24")), true],
  [
    "a rule for every protocol",
    client({ ...group("sg-database"), IpProtocol: "-1" }),
    server(group("sg-tasks")),
    true,
  ],
  ["no outbound rule", client(), server(group("sg-tasks")), false],
  ["no inbound rule", client(group("sg-database")), server(), false],
  ["an inbound rule for another group", client(group("sg-database")), server(group("sg-admin")), false],
  ["an inbound rule for another network", client(group("sg-database")), server(cidr("10.2.0.0/16")), false],
  [
    "an inbound rule for another port",
    client(group("sg-database")),
    server({ ...group("sg-tasks"), FromPort: 80, ToPort: 443 }),
    false,
  ],
  [
    "an inbound rule for another protocol",
    client(group("sg-database")),
    server({ ...group("sg-tasks"), IpProtocol: "udp" }),
    false,
  ],
])("%s: %#", (_, from, to, expected) => {
  expect(permits(from, to, 5432)).toBe(expected);
});
