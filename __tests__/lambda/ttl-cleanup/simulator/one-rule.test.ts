import { TAG } from "../../../../contract/tags";
import { HOUR, MINUTE, PLACE, Scenario } from "../../../support/aws-simulator/scenario";
import { USUAL } from "../../../support/aws-simulator/world/seed-parts";

/** Deletion and proof of the end go by one rule of ownership, also for types that nobody listed. */

const OWN = { [TAG.environment]: "alpha", [TAG.ephemeral]: "true", [TAG.system]: "automock" };
const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${PLACE.region}:${PLACE.accountId}:${resource}`;

function setUp() {
  const scenario = new Scenario({ seed: 41, fireTwice: 0 });
  scenario.add({ ...USUAL, environment: "alpha" }, 2);
  return { scenario, world: scenario.world };
}

test.each([
  ["a state machine", arn("states", "stateMachine:own")],
  ["a capacity provider", arn("ecs", "capacity-provider/own")],
  ["a layer", arn("lambda", "layer:own")],
])(
  "%s with the environment's tags keeps it from being done, by name, until it is gone",
  async (_what, id) => {
    const { scenario, world } = setUp();
    world.others.add({ id, arn: id, tags: { ...OWN }, origin: "alpha" });
    await scenario.until(() => scenario.isDone("alpha"), 6 * HOUR);
    expect(scenario.isDone("alpha")).toBe(false);
    expect(scenario.notices("alpha", "failure")[0]!.message).toContain(id);
    world.others.delete(id);
    await scenario.until(() => scenario.isDone("alpha"), 3 * HOUR);
    scenario.stop();
    expect(scenario.isDone("alpha")).toBe(true);
  },
);

test("one that comes after the handlers have listed is found by the independent listing", async () => {
  const { scenario, world } = setUp();
  await scenario.until(() => world.vpcs.where(({ origin }) => origin === "alpha").length === 0, 4 * HOUR);
  const id = arn("states", "stateMachine:late");
  world.others.add({ id, arn: id, tags: { ...OWN }, origin: "alpha" });
  await scenario.until(() => scenario.isDone("alpha"), 2 * HOUR);
  scenario.stop();
  expect(scenario.isDone("alpha")).toBe(false);
});

test.each([
  ["only the environment's tag", { [TAG.environment]: "alpha" }],
  ["the tag of another system", { ...OWN, [TAG.system]: "task-api" }],
  ["a permanent one's", { ...OWN, [TAG.ephemeral]: "false" }],
])("what carries %s stays, is reported, and holds nothing up", async (_what, tags) => {
  const { scenario, world } = setUp();
  const topic = arn("sns", "of-a-person");
  world.topics.add({
    id: topic,
    arn: topic,
    name: "of-a-person",
    tags: { ...tags },
    origin: "account",
    subscriptions: [],
    messages: [],
  });
  const machine = arn("states", "stateMachine:of-a-person");
  world.others.add({ id: machine, arn: machine, tags: { ...tags }, origin: "account" });
  await scenario.until(() => scenario.isDone("alpha"), 2 * HOUR + 30 * MINUTE);
  scenario.stop();
  expect(scenario.isDone("alpha")).toBe(true);
  const [report] = scenario.notices("alpha", "completion");
  expect(report!.message).toContain(`  sns:topic ${topic}\n`);
  expect(report!.message).toContain(`  unknown ${machine}\n`);
  expect(world.topics.get(topic)).toBeDefined();
});
