import { AliasRecords } from "../../../modules/ssl/alias-records";
import { argumentsOf } from "../../support/arguments-of";
import { Template } from "../../support/template";

const make = (...dnsNames: { name: string; zoneId: string }[]) =>
  Template.of((stack) => {
    new AliasRecords(stack, "aliases", {
      dnsNames,
      loadBalancerDnsName: "lb.example.amazonaws.com",
      loadBalancerZoneId: "Z-LB",
    });
  });

describe("AliasRecords", () => {
  it("points each name, including wildcards, at the load balancer and overwrites nothing", () => {
    const template = make(
      { name: "a.example.com", zoneId: "Z1" },
      { name: "*.a.example.com", zoneId: "Z1" },
      { name: "b.other.org", zoneId: "Z2" },
    );
    expect(template.counts()).toEqual({ aws_route53_record: 3 });
    const records = template.all("aws_route53_record").map((record) => argumentsOf(record));
    const expected = [
      ["*.a.example.com", "Z1"],
      ["a.example.com", "Z1"],
      ["b.other.org", "Z2"],
    ].map(([name, zone_id]) => ({
      name,
      zone_id,
      type: "A",
      alias: { name: "lb.example.amazonaws.com", zone_id: "Z-LB", evaluate_target_health: false },
    }));
    expect(records.sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1))).toEqual(expected);
  });

  it("keeps a record's address when another name is inserted before it", () => {
    const [only] = make({ name: "b.example.com", zoneId: "Z1" }).addresses();
    const two = make({ name: "a.example.com", zoneId: "Z1" }, { name: "b.example.com", zoneId: "Z1" });
    expect(two.addresses()).toContain(only);
  });
});
