import fc from "fast-check";
import { blockersOf, waves, type Planned } from "../../../cleanup/engine/order";
import { orderFaults } from "../../support/order-faults";

const item = (
  type: string,
  after: string[] = [],
  layer: "workload" | "final" = "workload",
  id = "1",
): Planned => ({
  key: `${type} ${id}`,
  handler: { type, layer, after },
});

const VPC = [
  item("nat"),
  item("eip", ["nat"]),
  item("eni", ["service"]),
  item("service"),
  item("subnet", ["eni", "nat"]),
  item("vpc", ["subnet"]),
  item("logs", [], "final"),
  item("role", ["logs"], "final"),
];

it("goes in waves: each when all before it is gone, the last layer at the end", () => {
  const order = waves(VPC);
  expect(order.waves.map((wave) => wave.map(({ handler }) => handler.type))).toEqual([
    ["nat", "service"],
    ["eip", "eni"],
    ["subnet"],
    ["vpc"],
    ["logs"],
    ["role"],
  ]);
  expect(order.never).toEqual([]);
});

it("waits for every resource of a type, never for itself", () => {
  const two = [item("eni", [], "workload", "1"), item("eni", [], "workload", "2"), item("sg", ["eni", "sg"])];
  expect(blockersOf(two[2]!, two).map(({ key }) => key)).toEqual(["eni 1", "eni 2"]);
});

it("counts what is held as still there, and names what waits for ever", () => {
  const order = waves(VPC, [item("eni", ["service"], "workload", "held")]);
  expect(order.never.map(({ handler }) => handler.type)).toEqual(["subnet", "vpc", "logs", "role"]);
});

describe("orderFaults", () => {
  const handlers = VPC.map(({ handler }) => handler);
  it("finds none in a right order", () => expect(orderFaults(handlers)).toEqual([]));
  it("finds a type nobody handles", () =>
    expect(orderFaults([{ type: "a", layer: "workload", after: ["b"] }])).toEqual([
      "a comes after b, which no handler has",
    ]));
  it("finds a type twice", () =>
    expect(orderFaults([...handlers, handlers[0]!])).toEqual(["types with two handlers: nat"]));
  it("finds a circle", () =>
    expect(
      orderFaults([
        { type: "a", layer: "workload", after: ["b"] },
        { type: "b", layer: "workload", after: ["a"] },
      ]),
    ).toEqual(["a circle among a, b"]));
  it("finds work of the first layer that waits for the last", () =>
    expect(
      orderFaults([
        { type: "a", layer: "workload", after: ["b"] },
        { type: "b", layer: "final", after: [] },
      ]),
    ).toEqual(["a comes after b, which is of the last layer", "a circle among a, b"]));
});

it("puts every resource of an order without circles in exactly one wave, behind all it waits for", () =>
  fc.assert(
    fc.property(
      fc.array(fc.record({ after: fc.array(fc.nat(9), { maxLength: 4 }), final: fc.boolean() }), {
        maxLength: 10,
      }),
      (drawn) => {
        const items = drawn.map(({ after, final }, index) =>
          item(
            `t${index}`,
            after.filter((one) => one < index && (final || !drawn[one]!.final)).map((one) => `t${one}`),
            final ? "final" : "workload",
          ),
        );
        const order = waves(items);
        expect(order.never).toEqual([]);
        expect(order.waves.flat()).toHaveLength(items.length);
        order.waves.forEach((wave, index) => {
          const later = order.waves.slice(index).flat();
          for (const one of wave) expect(blockersOf(one, later)).toEqual([]);
        });
      },
    ),
  ));
