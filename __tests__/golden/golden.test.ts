import { committed, committedStacks, difference, goldenFiles, print, synthesize } from "../support/golden";
import {
  adminEnvironment,
  permanentEnvironments,
  prodEnvironment,
  stagingEnvironment,
} from "../support/environments";
import { spoil } from "../support/spoil";

const LONGEST_FILE_LINES = 1500;

const stacks = synthesize(permanentEnvironments);
/** Admin boxes are opt-in, so that the environments of this project have none. */
const optIn = new Map([...synthesize([adminEnvironment])].filter(([stack]) => stack === "admin-staging"));
const REVIEW = new Map([
  [
    "prod-versus-staging.json",
    print(difference(stacks.get("automock-prod")!, stacks.get("automock-staging")!)),
  ],
  [
    "task-api-prod-versus-staging.json",
    print(difference(stacks.get("task-api-prod")!, stacks.get("task-api-staging")!)),
  ],
]);

describe.each([...stacks, ...optIn])("%s", (stack, text) => {
  const actual = goldenFiles(text);
  const golden = committed(stack, actual);

  it("has the golden files of its modules and no other", () =>
    expect([...golden.keys()].sort()).toEqual([...actual.keys()].sort()));

  it.each([...actual])("%s (npm run golden:update rewrites it)", (file, content) =>
    expect(golden.get(file)).toBe(content),
  );

  it("no file is longer than a reviewer reads", () => {
    const lengths = [...actual].map(([file, content]) => [file, content.split("\n").length] as const);
    expect(lengths.filter(([, lines]) => lines > LONGEST_FILE_LINES)).toEqual([]);
  });
});

it("prod and staging differ exactly where the golden file says", () =>
  expect(committed("review", REVIEW)).toEqual(REVIEW));

it("every golden file belongs to a stack", () =>
  expect(committedStacks()).toEqual([...stacks.keys(), ...optIn.keys(), "reports", "review"].sort()));

it("the net holds: a changed subnet mask turns exactly the files of the network and of the target group red", () => {
  const changed = spoil(stagingEnvironment, "automock.network.vpcCidr", "10.1.0.0/17");
  const actual = goldenFiles(synthesize([prodEnvironment, changed]).get("automock-staging")!);
  const golden = goldenFiles(stacks.get("automock-staging")!);
  const red = [...actual].filter(([file, content]) => golden.get(file) !== content).map(([file]) => file);
  expect(red).toEqual(["networking.tf.json", "web-service.tf.json"]);
});

it("synth twice gives the same bytes", () =>
  expect(synthesize(permanentEnvironments)).toEqual(stacks));

it("addresses are the same in prod and staging, but for the zones, the domain and networks of the control plane", () => {
  const { left, right } = difference(stacks.get("automock-prod")!, stacks.get("automock-staging")!);
  // In prod no network may use the control plane.
  const optional = /sns_topic_subscription|control-plane_priority-100_|control-plane-keys_|203-0-113-0[-_]28/;
  expect(right.filter((address) => !optional.test(address))).toEqual([]);
  expect(left.filter((address) => !/networking_c_|nat|ingress_http|route53|acm|certificate|https|zones|alias|subscription/.test(address))).toEqual([]);
});

it("the Task API's addresses are the same in prod and staging, but for zones, domain, firewall, night, copies and final snapshot", () => {
  const { left, right } = difference(stacks.get("task-api-prod")!, stacks.get("task-api-staging")!);
  const optional = /office-hours|subscription|ingress_http/;
  expect(right.filter((address) => !optional.test(address))).toEqual([]);
  const more = /networking_b_nat|firewall|ingress_http|route53|acm|certificate|https|backup-|database_life|subscription/;
  expect(left.filter((address) => !more.test(address))).toEqual([]);
});
