import {
  digestOf,
  emptiedState,
  parseState,
  StateFormatError,
} from "../../../../lambda/ttl-cleanup/terraform-state/state-file";

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

const STATE = {
  version: 4,
  terraform_version: "1.15.8",
  serial: 41,
  lineage: "c2a1a7f2-6f39-4b4c-b4a4-0b8a3a2f1d11",
  outputs: { url: { value: "http://example.com", type: "string" } },
  resources: [
    {
      mode: "managed",
      type: "aws_vpc",
      name: "main",
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ attributes: { id: "vpc-1", arn: "arn:vpc-1", secret: "s3cret" } }],
    },
    {
      module: "module.a",
      mode: "managed",
      type: "aws_subnet",
      name: "all",
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [
        { index_key: 0, attributes: { id: "subnet-0" } },
        { index_key: "b", attributes: { id: "subnet-b" } },
        { index_key: "b", deposed: "0a1b2c3d", attributes: { id: "subnet-old" } },
      ],
    },
    {
      mode: "data",
      type: "aws_route53_zone",
      name: "zone",
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ attributes: { id: "Z1", arn: "", password: "s3cret" } }],
    },
  ],
  check_results: null,
};

test("every instance is found: indexed, deposed, in modules, and data sources apart", () => {
  const { instances, ...rest } = parseState(bytes(STATE));
  expect(rest).toEqual({
    terraformVersion: "1.15.8",
    serial: 41,
    lineage: "c2a1a7f2-6f39-4b4c-b4a4-0b8a3a2f1d11",
    empty: false,
  });
  const provider = "registry.terraform.io/hashicorp/aws";
  expect(instances).toEqual([
    {
      address: "aws_vpc.main",
      mode: "managed",
      type: "aws_vpc",
      provider,
      deposed: false,
      attributes: { id: "vpc-1", arn: "arn:vpc-1" },
    },
    ...[
      ["module.a.aws_subnet.all[0]", "subnet-0", false] as const,
      ['module.a.aws_subnet.all["b"]', "subnet-b", false] as const,
      ['module.a.aws_subnet.all["b"]', "subnet-old", true] as const,
    ].map(([address, id, deposed]) => ({
      address,
      mode: "managed",
      type: "aws_subnet",
      provider,
      deposed,
      attributes: { id },
    })),
    {
      address: "data.aws_route53_zone.zone",
      mode: "data",
      type: "aws_route53_zone",
      provider,
      deposed: false,
      attributes: { id: "Z1" },
    },
  ]);
});

test("no other attribute leaves the parser: states hold secrets", () => {
  expect(JSON.stringify(parseState(bytes(STATE)))).not.toContain("s3cret");
});

test.each([
  ["nothing at all", { ...STATE, resources: [], outputs: {} }, true],
  ["outputs only", { ...STATE, resources: [] }, false],
  ["resources only", { ...STATE, outputs: {} }, false],
])("empty or not: %s", (_what, state, empty) => expect(parseState(bytes(state)).empty).toBe(empty));

test.each([
  ["of a newer version", { ...STATE, version: 5 }, /has version 5, which is newer than version 4/],
  [
    "encrypted",
    { meta: {}, encrypted_data: "AAAA", encryption_version: "v0", serial: 1, lineage: "l" },
    /the state is encrypted/,
  ],
  ["of another version", { ...STATE, version: 3 }, /not of version 4/],
  ["whose serial cannot be counted up", { ...STATE, serial: Number.MAX_SAFE_INTEGER }, /serial/],
  ["whose serial is text", { ...STATE, serial: "41" }, /serial/],
  ["without lineage", { ...STATE, lineage: "" }, /lineage: missing/],
  ["without resources", { ...STATE, resources: undefined }, /resources: not a list/],
  [
    "with a resource of no mode",
    { ...STATE, resources: [{ type: "aws_vpc" }] },
    /neither managed nor a data/,
  ],
  [
    "with a resource without instances",
    { ...STATE, resources: [{ mode: "managed", type: "aws_vpc", name: "s3cret" }] },
    /instances of aws_vpc.s3cret: not a list/,
  ],
  ["that is a list", [STATE], /the state is not an object/],
])("a state %s is refused", (_what, state, message) => {
  expect(() => parseState(bytes(state))).toThrow(StateFormatError);
  expect(() => parseState(bytes(state))).toThrow(message);
});

test("text that is no JSON is refused without quoting it", () => {
  expect(() => parseState(Buffer.from('{"password":"s3cret"'))).toThrow("the state is not JSON");
});

test("the emptied state: serial + 1, same lineage, nothing in it", () => {
  const emptied = emptiedState(parseState(bytes(STATE)));
  expect(emptied.toString()).toBe(`{
  "version": 4,
  "terraform_version": "1.15.8",
  "serial": 42,
  "lineage": "c2a1a7f2-6f39-4b4c-b4a4-0b8a3a2f1d11",
  "outputs": {},
  "resources": [],
  "check_results": null
}
`);
  expect(parseState(emptied).empty).toBe(true);
});

test("the digest is the MD5 of the bytes in hex", () =>
  expect(digestOf(Buffer.from("abc"))).toBe("900150983cd24fb0d6963f7d28e17f72"));
