import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { createWebSocketStream, WebSocketServer } from "ws";
import { sshOn } from "../../../../cli/commands/admin/ssh";
import type { Cli } from "../../../../cli/context";
import type { Box } from "../../../../operations/admin-box/boxes";
import type { AdminPlace } from "../../../../operations/admin-box/place";

const BOX = { id: "i-0123456789abcdef0" } as Box;

/** An `ssh` that says hello through the tunnel and expects the echo. */
const SSH = `#!/bin/bash
while [ $# -gt 0 ]; do case "$1" in -p) port=$2;; -i) key=$2;; LocalCommand=*) after=\${1#*=};; esac; target=$1; shift; done
[ -s "$key" ] && [ "$target" = ec2-user@127.0.0.1 ] || exit 1
exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 255
echo hello >&3
read -r line <&3 && [ "$line" = hello ] || exit 255
sh -c "$after"
exit 255 # as after a connection that broke
`;
const KEYGEN = `#!/bin/bash
while [ $# -gt 0 ]; do [ "$1" = -f ] && file=$2; shift; done
echo secret >"$file"; echo 'ssh-ed25519 AAAA x' >"$file.pub"; echo "$file" >"$(dirname "$0")/file"
`;

describe("a shell through EC2 Instance Connect", () => {
  let folder: string;
  let server: WebSocketServer;
  let requested: URL | undefined;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "ssh-"));
    program("ssh", SSH);
    program("ssh-keygen", KEYGEN);
    server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    server.on("connection", (socket, { url }) => {
      requested = new URL(url!, "ws://x");
      const stream = createWebSocketStream(socket);
      stream.on("error", () => undefined);
      stream.pipe(stream);
    });
    await once(server, "listening");
  });
  afterEach(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function program(name: string, text: string): void {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }

  const sent: unknown[] = [];
  function placeWith(endpoints: readonly object[]): AdminPlace {
    const ec2 = new EC2Client({
      region: "us-east-1",
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    });
    jest
      .spyOn(ec2, "send")
      .mockImplementation(((command: { constructor: { name: string } }) =>
        Promise.resolve(
          command.constructor.name === "DescribeInstancesCommand"
            ? { Reservations: [{ Instances: [{ PrivateIpAddress: "10.0.0.7" }] }] }
            : { InstanceConnectEndpoints: endpoints },
        )) as never);
    const instanceConnect = {
      send: async ({ input }: { readonly input: unknown }) => void sent.push(input),
    };
    return {
      clients: { ec2, instanceConnect },
      settings: { environment: "staging" },
    } as unknown as AdminPlace;
  }
  const endpoint = () => ({
    InstanceConnectEndpointId: "eice-1",
    DnsName: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  const cli = () => ({ env: { PATH: `${folder}:${process.env.PATH}` } }) as unknown as Cli;

  it("sends a key of its own to the box and leads ssh through a signed tunnel", async () => {
    expect(await sshOn(cli(), placeWith([endpoint()]), BOX)).toBe(true);
    expect(sent).toEqual([
      { InstanceId: BOX.id, InstanceOSUser: "ec2-user", SSHPublicKey: "ssh-ed25519 AAAA x" },
    ]);
    expect(requested?.pathname).toBe("/openTunnel");
    expect(Object.fromEntries(requested!.searchParams)).toMatchObject({
      instanceConnectEndpointId: "eice-1",
      maxTunnelDuration: "3600",
      privateIpAddress: "10.0.0.7",
      remotePort: "22",
      "X-Amz-Credential": expect.stringMatching(
        /^AKIDEXAMPLE\/\d{8}\/us-east-1\/ec2-instance-connect\/aws4_request$/,
      ) as string,
      "X-Amz-Expires": "60",
      "X-Amz-Signature": expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    const key = readFileSync(join(folder, "file"), "utf8").trim();
    expect(() => readFileSync(key)).toThrow("ENOENT"); // the key is gone
  });

  it("says that there was no shell when the box does not answer", async () => {
    program("ssh", "#!/bin/sh\nexit 255\n");
    expect(await sshOn(cli(), placeWith([endpoint()]), BOX)).toBe(false);
  });

  it("names the deployment that is missing", async () =>
    expect(sshOn(cli(), placeWith([]), BOX)).rejects.toThrow(
      "The stack has no endpoint of EC2 Instance Connect yet. Run automock deploy admin-staging.",
    ));

  it("says what is missing without OpenSSH", async () => {
    const without = { env: { PATH: "/nowhere" } } as unknown as Cli;
    await expect(sshOn(without, placeWith([endpoint()]), BOX)).rejects.toThrow(
      "ssh-keygen is not on PATH. EC2 Instance Connect needs OpenSSH.",
    );
  });
});
