import { BOX_TAG, BOX_TERMS } from "../../../contract/admin-box";
import { beat, extendBox, listBoxes, type Box } from "../../../operations/admin-box/boxes";
import { end } from "../../../operations/admin-box/end";
import type { Preview } from "../../../operations/admin-box/preview";
import { estimate, usdSoFar } from "../../../operations/admin-box/prices";
import { extrasUsd, onDemandUsd } from "../../../pricing/admin-box";
import { launchBox } from "../../../operations/admin-box/up";
import { BoxWorld, LAYERS, type Layer } from "../../support/admin-box-world";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A step of the clock, and the next minute of timer and check. */
const SLACK = 2 * MINUTE;

const PREVIEW = {
  candidates: [{ instanceType: "t3.small", subnetId: "subnet-a", availabilityZone: "us-east-1a" }],
  userId: "AROAEXAMPLE:alice",
  publicAddress: true,
} as unknown as Preview;

/** The 31 sets of layers that work while the others do not. */
const SUBSETS = Array.from({ length: 2 ** LAYERS.length - 1 }, (_, i) =>
  LAYERS.filter((_, bit) => ((i + 1) >> bit) & 1),
);

/** What the client does after the launch. */
const CLIENTS = ["leaves after 30 minutes", "stays for ever", "was never there"] as const;
type Client = (typeof CLIENTS)[number];

const up = (world: BoxWorld, hours: number, attended: boolean) =>
  launchBox(world.place, PREVIEW, { hours, reason: "", markets: ["on-demand"], attended });

/** The box, by the tags that it has now. */
async function boxOf(world: BoxWorld): Promise<Box> {
  const [box] = await listBoxes(world.place.clients, "staging");
  return box!;
}

/** Lives through a box until it has ended or a day is over. @returns minutes that it ran */
async function live(layers: readonly Layer[], client: Client, hours: number, extendMs = 0, sweepOffset = 59) {
  const world = new BoxWorld(layers, undefined, sweepOffset);
  const attended = client !== "was never there";
  const launched = await up(world, hours, attended);
  if (launched.kind !== "up") throw new Error("no box");
  const { box } = launched;
  if (extendMs > 0) {
    const { clients, names } = world.place;
    await extendBox(clients, names, await boxOf(world), { byMs: extendMs, now: world.now });
  }
  let isThere = attended;
  while (world.isRunning && world.lifetime < 24 * HOUR) {
    world.step();
    if (client === "leaves after 30 minutes" && isThere && world.lifetime >= 30 * MINUTE) {
      isThere = false;
      if (layers.includes("client")) await end(world.place, box);
    }
    if (isThere && world.isRunning && world.lifetime % MINUTE === 0)
      await beat(world.place.clients, box, world.now);
  }
  return { world, ended: !world.isRunning, lifetime: world.lifetime };
}

/** When each layer that works ends the box at the latest, in milliseconds after the launch. */
function boundOf(layers: readonly Layer[], client: Client, hours: number, extendMs = 0): number {
  const leaves = client === "leaves after 30 minutes" ? 30 * MINUTE : Infinity;
  const expiry = hours * HOUR + extendMs;
  const bounds: Record<Layer, number> = {
    client: leaves,
    check: Math.min(expiry, leaves + BOX_TERMS.graceMinutes * MINUTE),
    timer: expiry,
    schedule: expiry,
    sweep: expiry + BOX_TERMS.sweepMinutes * MINUTE,
  };
  return Math.min(...layers.map((layer) => bounds[layer]));
}

describe.each(SUBSETS.map((layers) => [layers.join(", "), layers] as const))("with %s alone", (_, layers) => {
  it.each(CLIENTS)("a box whose client %s ends in time, at no more than the estimate", async (client) => {
    for (const hours of [0.5, 4, 12]) {
      for (const sweepOffset of [0.5, 31, 59]) {
        const bound = boundOf(layers, client, hours);
        if (bound === Infinity) continue;
        const { ended, lifetime } = await live(layers, client, hours, 0, sweepOffset);
        expect(ended).toBe(true);
        expect(lifetime).toBeLessThanOrEqual(bound + SLACK);
        expect(lifetime).toBeLessThanOrEqual((BOX_TERMS.maxHours * 60 + BOX_TERMS.sweepMinutes) * MINUTE);
        const { high } = estimate({
          instanceTypes: ["t3.small"],
          spotPrices: [],
          markets: ["on-demand"],
          hours,
          publicAddress: true,
        });
        const usd = usdSoFar(onDemandUsd("t3.small") + extrasUsd(true), 0, lifetime);
        expect(usd).toBeLessThanOrEqual(high);
      }
    }
  });

  it("an extended box ends in time", async () => {
    for (const client of CLIENTS) {
      const bound = boundOf(layers, client, 1, 3 * HOUR);
      if (bound === Infinity) continue;
      const { ended, lifetime } = await live(layers, client, 1, 3 * HOUR);
      expect(ended).toBe(true);
      expect(lifetime).toBeLessThanOrEqual(bound + SLACK);
    }
  });
});

it("only a box with a client as its sole end, and a client that stays, has no bound", () => {
  const unbounded = SUBSETS.flatMap((layers) =>
    CLIENTS.filter((client) => boundOf(layers, client, 4) === Infinity).map((client) => [...layers, client]),
  );
  expect(unbounded).toEqual([
    ["client", "stays for ever"],
    ["client", "was never there"],
  ]);
});

it("no extension moves a box beyond twelve hours from its launch", async () => {
  const world = new BoxWorld(["sweep"]);
  await up(world, 4, false);
  const { clients, names } = world.place;
  const by = (hours: number) => async () =>
    extendBox(clients, names, await boxOf(world), { byMs: hours * HOUR, now: world.now });
  await by(8)();
  await expect(by(1 / 60)()).rejects.toThrow(/cannot expire after .*, 12 hours after its launch/);
  while (world.isRunning) world.step();
  expect(world.lifetime).toBeLessThanOrEqual(13 * HOUR);
});

it.each(["banana", ""])(
  "a box with the expiry %j is over, as for the reaper; an extension repairs it",
  async (tag) => {
    const world = new BoxWorld([]);
    await up(world, 4, false);
    const { clients, names } = world.place;
    world.box!.tags.set(BOX_TAG.expiresAt, tag);
    const broken = await boxOf(world);
    expect(Date.parse(broken.expiresAt)).toBe(world.box!.launchedAt + BOX_TERMS.graceMinutes * 60_000);
    await extendBox(clients, names, broken, { byMs: HOUR, now: world.now });
    expect(Date.parse((await boxOf(world)).expiresAt)).toBe(Date.parse(broken.expiresAt) + HOUR);
  },
);

it("an extension of a box without a client holds while someone connects", async () => {
  const world = new BoxWorld(["check"]);
  await up(world, 1, false);
  const { clients, names } = world.place;
  const connected = await boxOf(world);
  await extendBox(clients, names, connected, { byMs: 2 * HOUR, now: world.now });
  world.step();
  await beat(clients, connected, world.now);
  while (world.isRunning) world.step();
  expect(world.lifetime).toBeGreaterThanOrEqual(3 * HOUR);
});

describe.each([true, false])("a client that is killed during up (with a shell: %s)", (attended) => {
  /** Calls of a launch that goes well. */
  const callsOf = async () => {
    const world = new BoxWorld([]);
    await up(world, 2, attended);
    return world.calls;
  };

  it("leaves no box behind, at whichever call, and whichever end of the box works alone", async () => {
    expect(await callsOf()).toBe(3);
    for (const layer of LAYERS.filter((each) => each !== "client")) {
      for (let call = 1; call <= 3; call++) {
        for (const when of ["before", "after"] as const) {
          const world = new BoxWorld([layer], { call, when });
          void up(world, 2, attended);
          await new Promise((resolve) => setImmediate(resolve));
          const isLaunched = call > 1 || when === "after";
          expect(world.isRunning).toBe(isLaunched);
          if (!isLaunched) continue;
          const isScheduled = call > 2 || (call === 2 && when === "after");
          expect(world.schedule !== undefined).toBe(isScheduled);
          if (layer === "schedule" && !isScheduled) continue; // there is none yet; the other three end it
          while (world.isRunning && world.lifetime < 24 * HOUR) world.step();
          const bound =
            layer === "check" && attended ? 5 * MINUTE : 2 * HOUR + (layer === "sweep" ? HOUR : 0);
          expect([layer, call, when, world.lifetime <= bound + SLACK]).toEqual([layer, call, when, true]);
        }
      }
    }
  });
});
