import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateInstanceConnectEndpointCommand,
  DeleteInstanceConnectEndpointCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { AdminStage, type Running } from "../support/admin-command";
import { describeWith } from "../support/requires";

/** The shell through EC2 Instance Connect when the agent is late, with OpenSSH's own client. */
describeWith(["moto_server", "ssh"], "a shell through EC2 Instance Connect", () => {
  let stage: AdminStage;
  let ec2: EC2Client;
  let endpoint: string;
  beforeAll(async () => {
    stage = await AdminStage.open({
      section: async ({ clientConfig }) => {
        ec2 = new EC2Client(clientConfig);
        const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
        const [{ SubnetId, VpcId } = {}] = Subnets;
        const { InstanceConnectEndpoint } = await ec2.send(
          new CreateInstanceConnectEndpointCommand({
            SubnetId,
            PreserveClientIp: false,
            TagSpecifications: [
              {
                ResourceType: "instance-connect-endpoint",
                Tags: [
                  { Key: "automock:system", Value: "admin" },
                  { Key: "automock:environment", Value: "staging" },
                ],
              },
            ],
          }),
        );
        endpoint = InstanceConnectEndpoint!.InstanceConnectEndpointId!;
        const network = { vpcId: VpcId, subnetIds: [SubnetId] };
        return JSON.stringify({ instanceConnect: true, network });
      },
    });
    stage.aws.capacity.bootSeconds = 3_600; // the agent does not come
  });
  afterAll(async () => {
    ec2?.destroy();
    await stage?.close();
  });

  const file = (name: string) => readFileSync(join(stage.folder, name), "utf8").trim();
  const keys = () => readdirSync(tmpdir()).filter((name) => name.startsWith("automock-ssh-"));
  async function open(): Promise<{ readonly terminal: Running; readonly before: readonly string[] }> {
    const before = keys();
    const terminal = stage.inTerminal(
      "stty rows 30 cols 100; $automock admin up --reason late; echo $? >code",
    );
    await terminal.until("[ec2-user@i-");
    return { terminal, before };
  }

  it("opens when the agent is late, is a real terminal, and the box ends with it; no key is left", async () => {
    const { terminal, before } = await open();
    expect(terminal.stdout).toContain("The agent is not there after 25 s; trying EC2 Instance Connect.");
    terminal.type("echo grün-$((6*7)); stty size; tty\r");
    await terminal.until("grün-42");
    await terminal.until("30 100");
    await terminal.until("/dev/pts/");
    terminal.type("exit 3\r");
    await terminal.exit;
    expect(file("code")).toBe("0");
    expect(terminal.stdout).toMatch(/i-\w+ is terminated after/);
    expect(await stage.listed()).toEqual([]);
    expect(keys()).toEqual(before);
    expect(stage.aws.calls.all().map(({ operation }) => operation)).toContain("SendSSHPublicKey");
  });

  it("ends when the box does", async () => {
    const { terminal } = await open();
    await stage.clear();
    await terminal.exit;
    expect(terminal.stdout).not.toContain("It opened no shell.");
    expect(file("code")).toBe("0");
  });

  it("waits on for the agent if the endpoint is gone", async () => {
    await ec2.send(new DeleteInstanceConnectEndpointCommand({ InstanceConnectEndpointId: endpoint }));
    stage.aws.capacity.bootSeconds = 30;
    const { exitCode, stdout, stderr } = await stage.run("up");
    expect(stderr).toMatch(
      /EC2 Instance Connect: The stack has no endpoint of EC2 Instance Connect yet\. Run .* deploy admin-staging\. Waiting on for the agent\./,
    );
    expect(stdout).toContain("[ssm-user@i-");
    expect(exitCode).toBe(0);
    expect(await stage.listed()).toEqual([]);
  });
});
