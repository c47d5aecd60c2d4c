import { parseRecordId } from "../../../cleanup/resources/route53";
import { found, handlerOf } from "../../support/handlers";

test("a record is deleted with exactly the values that AWS has", async () => {
  const record = { Name: "x.example.com.", Type: "A", AliasTarget: { DNSName: "d" } };
  const { handler, calls } = handlerOf("route53:record", {
    ListResourceRecordSets: () => ({ ResourceRecordSets: [record] }),
    ChangeResourceRecordSets: () => ({}),
  });
  expect(await handler.remove(found("route53:record", "Z1_x.example.com_A"))).toEqual({ kind: "gone" });
  expect(calls.at(-1)).toEqual([
    "ChangeResourceRecordSets",
    { HostedZoneId: "Z1", ChangeBatch: { Changes: [{ Action: "DELETE", ResourceRecordSet: record }] } },
  ]);
});

test("the next record of the zone is not taken for the one that is gone", async () => {
  const { handler } = handlerOf("route53:record", {
    ListResourceRecordSets: () => ({ ResourceRecordSets: [{ Name: "y.example.com.", Type: "A" }] }),
  });
  expect(await handler.look(found("route53:record", "Z1_x.example.com_A"))).toBe("absent");
});

test.each([
  ["Z1_x.example.com_A", { zone: "Z1", name: "x.example.com", type: "A" }],
  ["Z1__acme._tcp.example.com_CNAME", { zone: "Z1", name: "_acme._tcp.example.com", type: "CNAME" }],
  ["Z1_x.example.com_A_blue", { zone: "Z1", name: "x.example.com", type: "A", set: "blue" }],
])("record id %s", (id, parts) => expect(parseRecordId(id)).toEqual(parts));

test("a record id that nobody can read is an error", () =>
  expect(() => parseRecordId("x.example.com")).toThrow('"x.example.com" is not a Terraform record id'));
