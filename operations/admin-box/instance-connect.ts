import { createServer, type AddressInfo, type Socket } from "node:net";
import { SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import {
  DescribeInstanceConnectEndpointsCommand,
  DescribeInstancesCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { SignatureV4 } from "@smithy/signature-v4";
import { createWebSocketStream, WebSocket } from "ws";
import { ADMIN_SYSTEM, BOX_USER, SSH_PORT } from "../../contract/admin-box";
import { TAG } from "../../contract/tags";
import { UserError } from "../../contract/user-error";
import type { Box } from "./boxes";
import type { AdminPlace } from "./place";

/** A loopback port that leads to the SSH server of a box. */
export interface Tunnel {
  readonly port: number;
  close(): void;
}

/** A signed address is valid for so long. */
const SIGNED_SECONDS = 60;
/** AWS's maximum. */
const TUNNEL_SECONDS = 3600;

/** Lets a key in for a minute, under the user of the boxes. @param publicKey in OpenSSH's format */
export async function admitKey(
  { clients }: AdminPlace,
  box: Pick<Box, "id">,
  publicKey: string,
): Promise<void> {
  await clients.instanceConnect.send(
    new SendSSHPublicKeyCommand({
      InstanceId: box.id,
      InstanceOSUser: BOX_USER,
      SSHPublicKey: publicKey,
    }),
  );
}

/**
 * Opens a port on loopback that leads through the stack's endpoint of EC2 Instance Connect to a box. The box needs no
 * agent for it.
 *
 * @throws UserError if the stack has no endpoint, or the box no address
 */
export async function openTunnel(place: AdminPlace, box: Pick<Box, "id">): Promise<Tunnel> {
  const { ec2 } = place.clients;
  const [endpoint, privateIpAddress] = await Promise.all([endpointOf(place), addressOf(ec2, box.id)]);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => undefined); // "close" follows
    void carry(socket).catch(() => socket.destroy());
  });

  async function carry(socket: Socket): Promise<void> {
    const url = await signed(ec2, { ...endpoint, privateIpAddress });
    const webSocket = new WebSocket(url, { handshakeTimeout: 15_000, perMessageDeflate: false });
    const stream = createWebSocketStream(webSocket);
    stream.on("error", () => socket.destroy());
    stream.once("close", () => socket.end());
    socket.once("close", () => webSocket.terminate());
    socket.pipe(stream).pipe(socket);
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface Endpoint {
  readonly id: string;
  readonly dnsName: string;
}

async function endpointOf({ clients, settings }: AdminPlace): Promise<Endpoint> {
  const { InstanceConnectEndpoints = [] } = await clients.ec2.send(
    new DescribeInstanceConnectEndpointsCommand({
      Filters: [
        { Name: `tag:${TAG.system}`, Values: [ADMIN_SYSTEM] },
        { Name: `tag:${TAG.environment}`, Values: [settings.environment] },
        { Name: "state", Values: ["create-complete"] },
      ],
    }),
  );
  const [{ InstanceConnectEndpointId: id, DnsName: dnsName } = {}] = InstanceConnectEndpoints;
  if (id !== undefined && dnsName !== undefined) return { id, dnsName };
  throw new UserError(
    `The stack has no endpoint of EC2 Instance Connect yet. Run automock deploy admin-${settings.environment}.`,
  );
}

async function addressOf(ec2: EC2Client, id: string): Promise<string> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const address = Reservations[0]?.Instances?.[0]?.PrivateIpAddress;
  if (address !== undefined) return address;
  throw new UserError(`${id} has no private address yet.`);
}

/**
 * The address of a tunnel, with a signature in its query, as AWS's own command line builds it:
 * https://github.com/aws/aws-cli/blob/v2/awscli/customizations/ec2instanceconnect/eicesigner.py
 */
async function signed(
  { config }: EC2Client,
  { id, dnsName, privateIpAddress }: Endpoint & { readonly privateIpAddress: string },
): Promise<string> {
  const signer = new SignatureV4({
    service: "ec2-instance-connect",
    region: config.region,
    credentials: config.credentials,
    sha256: config.sha256,
  });
  const { hostname, port, protocol } = new URL(/^wss?:/.test(dnsName) ? dnsName : `wss://${dnsName}`);
  const { query = {} } = await signer.presign(
    {
      method: "GET",
      protocol,
      hostname,
      ...(port !== "" && { port: Number(port) }),
      path: "/openTunnel",
      headers: { host: port === "" ? hostname : `${hostname}:${port}` },
      query: {
        instanceConnectEndpointId: id,
        maxTunnelDuration: String(TUNNEL_SECONDS),
        privateIpAddress,
        remotePort: String(SSH_PORT),
      },
    },
    { expiresIn: SIGNED_SECONDS },
  );
  const search = new URLSearchParams(query as Record<string, string>);
  return `${protocol}//${hostname}${port === "" ? "" : `:${port}`}/openTunnel?${search.toString()}`;
}
