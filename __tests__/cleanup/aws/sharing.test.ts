import { batched } from "../../../cleanup/aws/batch";
import { budgetOf } from "../../../cleanup/aws/budget";
import { coalesce } from "../../../cleanup/aws/coalesce";
import { Pace, paced } from "../../../cleanup/aws/pace";
import { VirtualClock } from "../../support/aws-simulator/kernel/clock";

class DescribeThingsCommand {
  constructor(public readonly input: object) {}
}
class DeleteThingCommand {
  constructor(public readonly input: object) {}
}
class DeleteOtherCommand {
  constructor(public readonly input: object) {}
}

/** A client whose calls end when the test says so. */
function slowClient() {
  const calls: { name: string; end: (answer: unknown) => void; fail: (error: Error) => void }[] = [];
  const send = (command: unknown): Promise<unknown> =>
    new Promise((end, fail) => calls.push({ name: (command as object).constructor.name, end, fail }));
  return { calls, client: { send } };
}

describe("equal reads", () => {
  it("are one call at a time; a request during a call gets the next one, which begins later", async () => {
    const { calls, client } = slowClient();
    const shared = coalesce(client);
    const ask = () => shared.send(new DescribeThingsCommand({ page: 1 }));
    const [first, second, third] = [ask(), ask(), ask()];
    expect(calls).toHaveLength(1);
    calls[0]!.end("old");
    expect(await first).toBe("old");
    expect(calls).toHaveLength(2);
    const fourth = ask();
    calls[1]!.end("new");
    expect(await Promise.all([second, third])).toEqual(["new", "new"]);
    expect(calls).toHaveLength(3);
    calls[2]!.end("newer");
    expect(await fourth).toBe("newer");
    void ask();
    expect(calls).toHaveLength(4);
  });

  it("fail for those who share the call, and for no one else", async () => {
    const { calls, client } = slowClient();
    const shared = coalesce(client);
    const ask = () => shared.send(new DescribeThingsCommand({}));
    const [first, second] = [ask(), ask()];
    calls[0]!.fail(new Error("throttled"));
    await expect(first).rejects.toThrow("throttled");
    calls[1]!.end("fine");
    expect(await second).toBe("fine");
  });

  it("are not changes, and not reads of something else", () => {
    const { calls, client } = slowClient();
    const shared = coalesce(client);
    void shared.send(new DeleteThingCommand({}));
    void shared.send(new DeleteThingCommand({}));
    void shared.send(new DescribeThingsCommand({ id: 1 }));
    void shared.send(new DescribeThingsCommand({ id: 2 }));
    expect(calls).toHaveLength(4);
  });
});

describe("values that are asked for together", () => {
  it("are one request while another is under way", async () => {
    const client = {};
    const asked: string[][] = [];
    const ends: (() => void)[] = [];
    const ask = (...values: string[]) =>
      batched(client, "subnets", values, async (all) => {
        asked.push([...all]);
        await new Promise<void>((end) => ends.push(end));
        return all;
      });
    const results = [ask("a")];
    await Promise.resolve();
    results.push(ask("b", "c"), ask("c", "d"));
    ends[0]!();
    expect(await results[0]).toEqual(["a"]);
    ends[1]!();
    expect(await results[1]).toEqual(["b", "c", "d"]);
    expect(await results[2]).toEqual(["b", "c", "d"]);
    expect(asked).toEqual([["a"], ["b", "c", "d"]]);
    expect(await batched({}, "subnets", ["x"], async (all) => all)).toEqual(["x"]);
  });
});

describe("a pace", () => {
  it("lets through what the rate allows, in order", async () => {
    const clock = new VirtualClock(0);
    const pace = new Pace({ atOnce: 2, perSecond: 10 }, clock);
    const at: number[] = [];
    await clock.run(
      Promise.all(Array.from({ length: 5 }, () => pace.take().then(() => at.push(clock.now())))),
    );
    expect(at).toEqual([0, 0, 100, 200, 300]);
  });

  it("is shared by all clients of a process, and counts EC2's actions one by one", async () => {
    const clock = new VirtualClock(0);
    const budget = budgetOf(clock);
    const clients = ["Thing", "Thing", "Other"].map((noun) => {
      const client = paced({ send: async () => clock.now() }, (command) => budget("ec2", command));
      const Command = { Thing: DeleteThingCommand, Other: DeleteOtherCommand }[noun]!;
      return () => (client.send as unknown as (command: object) => Promise<number>)(new Command({}));
    });
    // 47 at once, then 4.75 per second: 0.95 of what EC2 takes of a change. Both clients' calls of one action count.
    const [one, two, other] = await clock.run(
      Promise.all(
        clients.map((send, i) => Promise.all(Array.from({ length: [30, 27, 40][i]! }, () => send()))),
      ),
    );
    const times = [...one!, ...two!];
    expect(times.filter((time) => time === 0)).toHaveLength(47);
    expect(Math.max(...times)).toBeGreaterThanOrEqual(2000);
    expect(Math.max(...other!)).toBe(0);
  });

  it("waits for what all calls of a service share as well", async () => {
    const clock = new VirtualClock(0);
    const budget = budgetOf(clock);
    const times = await clock.run(
      Promise.all(
        ["DescribeTags", "DeleteListener"].flatMap((command) =>
          Array.from({ length: 19 }, () => budget("elb", command).then(() => clock.now())),
        ),
      ),
    );
    // Each alone would go at once; together 38 do.
    expect(times.every((time) => time === 0)).toBe(true);
    const next = await clock.run(budget("elb", "DescribeTags").then(() => clock.now()));
    expect(next).toBeGreaterThan(0);
  });
});
