import { ElbReader } from "../../../local/data-plane/elb-state";
import { LoadBalancers } from "../../../local/data-plane/load-balancers";
import { TargetGroups } from "../../../local/data-plane/target-groups";
import { fakeClients } from "../../support/fake-clients";

const ARN = "arn:lb";
/** What a door without a listener does, and what one that is closed does. */
const OPEN = "other side closed";
const CLOSED = "connect ECONNREFUSED";

let describe: () => object;
let elb: ElbReader;
let loadBalancers: LoadBalancers;
let targets: TargetGroups;

beforeEach(() => {
  describe = () => ({ LoadBalancers: [{ LoadBalancerArn: ARN }] });
  const { elb: client } = fakeClients({
    DescribeLoadBalancers: () => describe(),
    DescribeTargetGroups: () => ({}),
    DescribeListeners: () => ({}),
    DescribeLoadBalancerAttributes: () => ({}),
  });
  elb = new ElbReader(client);
  const alarms = { unhealthy: () => undefined, serverError: () => undefined };
  targets = new TargetGroups(elb, alarms, () => undefined);
  loadBalancers = new LoadBalancers({ elb, targets, alarms });
});
afterEach(async () => {
  targets.stop();
  await loadBalancers.stop();
});

/** Why a request to the door fails. */
async function refusal(address: string): Promise<string> {
  const error: unknown = await fetch(`http://${address}/`).catch((thrown: unknown) => thrown);
  return ((error as Error).cause as Error).message;
}

it("stays open when the listing fails", async () => {
  const address = await loadBalancers.create(ARN);
  describe = () => {
    throw new Error("dictionary changed size during iteration");
  };
  await loadBalancers.changed();
  expect(await refusal(address)).toBe(OPEN);
});

it("stays open when the listing began before it was created", async () => {
  let release: () => void = () => undefined;
  const isHeld = new Promise<void>((resolve) => (release = resolve));
  describe = () => isHeld.then(() => ({ LoadBalancers: [] }));
  const changed = loadBalancers.changed();
  const address = await loadBalancers.create(ARN);
  release();
  await changed;
  expect(await refusal(address)).toBe(OPEN);
});

it("closes when it is deleted, whatever a listing still has", async () => {
  const address = await loadBalancers.create(ARN);
  await loadBalancers.delete(ARN);
  await loadBalancers.changed();
  expect(await refusal(address)).toContain(CLOSED);
});

it("closes although a change before it failed", async () => {
  const address = await loadBalancers.create(ARN);
  elb.current = () => Promise.reject(new Error("no listing"));
  await expect(loadBalancers.changed()).rejects.toThrow("no listing");
  await loadBalancers.delete(ARN);
  expect(await refusal(address)).toContain(CLOSED);
});
