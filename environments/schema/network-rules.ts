import { contains, parseCidr } from "../../contract/cidr";
import { FARGATE_SERVICES } from "../../contract/fargate";
import { zonesOf } from "../../contract/regions";
import { taskAddresses, VPC_PREFIX } from "../../contract/subnets";
import type { Rule } from "./rule";
import { sectionRule } from "./section-rules";
import type { ServiceSection } from "./systems";

/** The rules for a system's network. */
export function networkRules(section: ServiceSection): readonly Rule[] {
  return [
    zonesDistinct(section),
    zonesOfRegion(section),
    vpcSize(section),
    vpcIsPrivate(section),
    tasksHaveAddresses(section),
    survivesZone(section),
  ];
}

/**
 * Networks allowed for a VPC: RFC 1918 and the shared addresses of RFC 6598. AWS rejects loopback, link-local and
 * multicast networks. With a public network, tasks could not reach the network's real owner.
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
const VPC_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** During a rolling deployment old and new tasks run side by side (`deploymentMaximumPercent: 200`). */
const DEPLOYMENT_FACTOR = 2;

function vpcIsPrivate(section: ServiceSection): Rule {
  return sectionRule(section, [".network.vpcCidr"], function* ({ network }) {
    const vpc = parseCidr(network.vpcCidr);
    if (VPC_RANGES.some((range) => contains(parseCidr(range), vpc))) return;
    yield {
      path: ["network", "vpcCidr"],
      allowed: `a private network, in one of ${VPC_RANGES.join(", ")}`,
      fix: "use an unused network in 10.0.0.0/8, for example 10.100.0.0/16",
    };
  });
}

function zonesOfRegion(section: ServiceSection): Rule {
  return sectionRule(section, ["region", ".network.availabilityZones"], function* ({ network }, { region }) {
    const known = zonesOf(region);
    for (const [i, letter] of network.availabilityZones.entries()) {
      if (known.includes(letter)) continue;
      yield {
        path: ["network", "availabilityZones", i],
        allowed: `an AZ of ${region}: ${known.join(", ")}`,
        fix: "use one of these letters or remove it",
      };
    }
  });
}

function tasksHaveAddresses(section: ServiceSection): Rule {
  return sectionRule(section, [".tasks", ".network"], function* ({ network, tasks }) {
    const { vpcCidr, availabilityZones, interfaceEndpoints } = network;
    const endpoints = interfaceEndpoints === "fargate" ? Object.keys(FARGATE_SERVICES).length : 0;
    const zones = new Set(availabilityZones).size;
    const room = (prefixLength: number) =>
      Math.floor(taskAddresses(prefixLength, zones, endpoints) / DEPLOYMENT_FACTOR);
    const { prefixLength } = parseCidr(vpcCidr);
    const most = room(prefixLength);
    if (tasks.max <= most || prefixLength > VPC_PREFIX.smallest) return;
    let larger = prefixLength;
    while (larger > VPC_PREFIX.largest && room(larger) < tasks.max) larger--;
    yield {
      path: ["network", "vpcCidr"],
      allowed: `a network with addresses for ${tasks.max} tasks (tasks.max), twice that many during a deployment; a /${prefixLength} in ${zones} AZs has room for ${most}`,
      fix: `use a /${larger}, or lower tasks.max to ${most}`,
    };
  });
}

function zonesDistinct(section: ServiceSection): Rule {
  return sectionRule(section, [".network.availabilityZones"], function* ({ network }) {
    const letters = network.availabilityZones;
    const repeated = letters.findIndex((letter, i) => letters.indexOf(letter) !== i);
    if (repeated >= 0) {
      yield {
        path: ["network", "availabilityZones", repeated],
        allowed: "each AZ letter once",
        fix: "remove the repeated letter",
      };
    }
  });
}

function vpcSize(section: ServiceSection): Rule {
  return sectionRule(section, [".network.vpcCidr"], function* ({ network }) {
    const { prefixLength } = parseCidr(network.vpcCidr);
    if (prefixLength < VPC_PREFIX.largest || prefixLength > VPC_PREFIX.smallest) {
      yield {
        path: ["network", "vpcCidr"],
        allowed:
          "a network from /16 (the largest VPC that AWS allows) to /22 (the smallest with large enough subnets for a load balancer)",
        fix: "use /16 unless addresses are scarce",
      };
    }
  });
}

function survivesZone(section: ServiceSection): Rule {
  return sectionRule(section, ["name", ".network.natGateways"], function* ({ network }, { name }) {
    if (name === "prod" && network.natGateways === "single") {
      yield {
        path: ["network", "natGateways"],
        allowed: '"onePerAz" or "regional" in prod',
        fix: 'write natGateways: "onePerAz": with one gateway, the failure of its AZ cuts off every AZ',
      };
    }
  });
}
