import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { DeleteScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { ADMIN_NAMES } from "../support/admin-box";
import { AdminStage, PROMPT } from "../support/admin-command";
import { describeWith } from "../support/requires";
import { tick } from "../support/test-env-reaper";
import { createRegistry } from "../support/test-env-stage";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The ends of a box that need no client: the local AWS runs its user data and its schedule, by a clock of the test. */
describeWith(["moto_server", "curl"], "an admin box that nobody ends", () => {
  let stage: AdminStage;
  beforeAll(async () => {
    stage = await AdminStage.open();
  });
  afterAll(() => stage?.close());
  afterEach(() => stage.reset());
  const stateOf = async (id: string) => (await stage.states())[id];

  it("shuts itself down when its client was killed, five minutes after the last heartbeat", async () => {
    const up = stage.start("up", "--reason", "killed");
    await up.until(PROMPT);
    const [box] = await stage.listed();
    up.child.kill("SIGKILL");
    await up.exit;
    await stage.aws.clock.advance(4 * MINUTE);
    expect(await stateOf(box!.id)).toBe("running");
    await stage.aws.clock.advance(2.5 * MINUTE);
    expect(await stateOf(box!.id)).toBe("terminated");
  });

  it("is terminated by its schedule alone, which is gone then", async () => {
    const { id } = await stage.launched();
    Object.assign(stage.aws.instances.works, { check: false, timer: false });
    await stage.aws.clock.advance(4 * HOUR - MINUTE);
    expect(await stateOf(id)).toBe("running");
    await stage.aws.clock.advance(2 * MINUTE);
    expect(await stateOf(id)).toBe("terminated");
    expect(await stage.schedules()).toEqual(
      expect.not.arrayContaining([expect.stringContaining(id) as string]),
    );
    const { stdout } = await stage.run("audit", "--since", "1h", "--json");
    const { boxes } = JSON.parse(stdout) as { boxes: { id: string; endedBy?: string }[] };
    expect(boxes.find((box) => box.id === id)?.endedBy).toBe("scheduler.amazonaws.com");
  });

  it("is shut down by its timer alone, which follows an extension", async () => {
    const { id } = await stage.launched();
    await stage.run("extend", id, "--by", "1h");
    await stage.aws.clock.advance(MINUTE); // the check sees the new expiry
    const name = { Name: ADMIN_NAMES.schedule(id), GroupName: ADMIN_NAMES.scheduleGroup };
    await new SchedulerClient(stage.aws.clientConfig).send(new DeleteScheduleCommand(name));
    stage.aws.instances.works.check = false;
    await stage.aws.clock.advance(5 * HOUR - 3 * MINUTE);
    expect(await stateOf(id)).toBe("running");
    await stage.aws.clock.advance(5 * MINUTE);
    expect(await stateOf(id)).toBe("terminated");
  });

  it("is terminated by the reaper's tick alone; what merely has the tags of a box stays", async () => {
    await createRegistry(stage.aws);
    const { id } = await stage.launched();
    Object.assign(stage.aws.instances.works, { check: false, timer: false });
    const ec2 = new EC2Client(stage.aws.clientConfig);
    const { Reservations: [found] = [] } = await ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [id] }),
    );
    const { Tags, ImageId } = found!.Instances![0]!;
    const { Instances: [decoy] = [] } = await ec2.send(
      new RunInstancesCommand({
        ImageId,
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [
          { ResourceType: "instance", Tags: Tags!.filter(({ Key }) => !Key!.startsWith("aws:")) },
        ],
      }),
    );
    await tick(stage, 4 * HOUR - 2 * MINUTE);
    expect(await stateOf(id)).toBe("running");
    await tick(stage, 4 * HOUR + MINUTE);
    expect(await stateOf(id)).toBe("terminated");
    await tick(stage, 400 * HOUR);
    expect(await stateOf(decoy!.InstanceId!)).toBe("running");
    ec2.destroy();
  });
});
