import { LocalClock } from "../../../../local/clock";
import type { Call } from "../../../../local/gateway/call";
import { Functions } from "../../../../local/gateway/functions";
import { scheduler } from "../../../../local/gateway/services/scheduler";
import { call, motoThat, request } from "../wire";

const MINUTE = 60_000;
/** Not the fake one. */
const { setImmediate } = globalThis;
const TERMINATE = {
  Arn: "arn:aws:scheduler:::aws-sdk:ec2:terminateInstances",
  Input: '{"InstanceIds":["i-1"]}',
};

/** A scheduler whose calls are noted, and the clock that runs it. */
function started() {
  const clock = new LocalClock();
  const acted: Call[] = [];
  const { forward, asked } = motoThat(() => ({}));
  const patch = scheduler({
    clock,
    functions: new Functions(),
    act: async (made) => void acted.push(made),
  });
  const send = (method: string, name: string, body: object = {}) =>
    patch(
      call(request("scheduler", { method, path: `/schedules/${name}`, body: JSON.stringify(body) })),
      forward,
    );
  const put = (method: string, minutes: number, more: object = {}) =>
    send(method, "end", {
      GroupName: "g",
      ScheduleExpression: `at(${new Date(clock.now() + minutes * MINUTE).toISOString().slice(0, 19)})`,
      ActionAfterCompletion: "DELETE",
      Target: TERMINATE,
      ...more,
    });
  return { clock, acted, asked, send, put };
}

const idsOf = (calls: readonly Call[]) =>
  calls.map(({ operation, body }) => [operation, new URLSearchParams(body.toString()).get("InstanceId.1")]);

it("a one-time schedule runs once, at its time, and deletes itself", async () => {
  const { clock, acted, asked, put } = started();
  await put("POST", 10);
  await clock.advance(9 * MINUTE);
  expect(acted).toEqual([]);
  await clock.advance(2 * MINUTE);
  await clock.advance(60 * MINUTE);
  expect(idsOf(acted)).toEqual([["TerminateInstances", "i-1"]]);
  expect(asked.at(-1)).toMatchObject({ operation: "DeleteSchedule", rawQuery: "?groupName=g" });
});

it("an update moves it, a deletion ends it, and one that is disabled does not run", async () => {
  const { clock, acted, put, send } = started();
  await put("POST", 10);
  await put("PUT", 30);
  await clock.advance(20 * MINUTE);
  expect(acted).toEqual([]);
  await put("PUT", 10, { State: "DISABLED" });
  await clock.advance(20 * MINUTE);
  await put("PUT", 10);
  await send("DELETE", "end?groupName=g");
  await clock.advance(60 * MINUTE);
  expect(acted).toEqual([]);
});

it("a rate runs again and again", async () => {
  const { clock, acted, put } = started();
  await put("POST", 0, { ScheduleExpression: "rate(1 hour)" });
  await clock.advance(150 * MINUTE);
  expect(acted).toHaveLength(2);
});

it("runs by itself when time runs", async () => {
  jest.useFakeTimers();
  try {
    const { clock, acted, put } = started();
    clock.run();
    await put("POST", 10);
    jest.advanceTimersByTime(11 * MINUTE);
    await new Promise((resolve) => setImmediate(resolve)); // the rounds follow each other
    await clock.stop();
    expect(acted).toHaveLength(1);
  } finally {
    jest.useRealTimers();
  }
});
