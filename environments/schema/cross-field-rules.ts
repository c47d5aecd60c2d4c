import { overlaps, parseCidr } from "../../contract/cidr";
import { PERMANENT_NAMES } from "../../contract/permanent-names";
import { AUTOMOCK_RULES } from "./automock-rules";
import { isSameTrust } from "./delivery-fields";
import type { Environment } from "./fields";
import { timeZoneFaults, type CrossFieldFault, type Rule } from "./rule";
import { SERVICES, servicesOf, SYSTEMS, systemsOf } from "./systems";
import { TASK_API_RULES } from "./task-api-rules";

/** Rules between the fields of one environment. */

/** Pipelines apply permanent environments only; owners deploy ephemeral ones. */
const deliveryStays: Rule = {
  reads: ["ttlHours", "delivery"],
  *check({ ttlHours, delivery }) {
    if (ttlHours !== undefined && delivery !== undefined) {
      yield {
        path: ["delivery"],
        allowed: "no delivery in an environment with ttlHours: its roles would outlive it",
        fix: "remove delivery or ttlHours",
      };
    }
  },
};

/** The plan of a pull request runs unreviewed code. */
const reviewedApplies: Rule = {
  reads: ["delivery"],
  *check({ delivery }) {
    if (delivery?.plan && isSameTrust(delivery.plan, delivery.apply)) {
      yield {
        path: ["delivery", "apply"],
        allowed: "an identity other than delivery.plan, which runs unreviewed code from every pull request",
        fix: "use a separate environment, service account or role that runs only approved code",
      };
    }
  },
};

/** AWS takes a boundary from the role's own account or from its own policies. */
const boundaryOfThisAccount: Rule = {
  reads: ["accountId", "iam.permissionsBoundaryArn"],
  *check({ accountId, iam }) {
    const owner = iam?.permissionsBoundaryArn?.split(":")[4];
    if (owner !== undefined && owner !== "aws" && owner !== accountId) {
      yield {
        path: ["iam", "permissionsBoundaryArn"],
        allowed: `a policy of the account ${accountId} or of AWS`,
        fix: "name the policy of that account",
      };
    }
  },
};

const permanentHasNoTtl: Rule = {
  reads: ["name", "ttlHours"],
  *check({ name, ttlHours }) {
    if (PERMANENT_NAMES.includes(name) && ttlHours !== undefined) {
      yield {
        path: ["ttlHours"],
        allowed: `no ttlHours in ${name}: the reaper never deletes an environment of this name`,
        fix: "remove ttlHours, or give the environment another name",
      };
    }
  },
};

/** The endpoint is in a subnet that has to be named. */
const connectNeedsNetwork: Rule = {
  reads: ["admin"],
  *check({ admin }) {
    if (admin?.instanceConnect === true && !admin.network) {
      yield {
        path: ["admin", "instanceConnect"],
        allowed: "true only with admin.network",
        fix: "set admin.network: { vpcId, subnetIds }, or remove instanceConnect",
      };
    }
  },
};

/** The reaper knows no admin stack, and who may launch boxes is no matter of hours. */
const adminStays: Rule = {
  reads: ["ttlHours", "admin"],
  *check({ ttlHours, admin }) {
    if (ttlHours !== undefined && admin) {
      yield {
        path: ["admin"],
        allowed: "no admin in an environment with ttlHours",
        fix: "move admin to a permanent environment",
      };
    }
  },
};

const ephemeralIsRemovable: Rule = {
  reads: ["ttlHours", "deletionProtection"],
  *check({ ttlHours, deletionProtection }) {
    if (ttlHours !== undefined && deletionProtection) {
      yield {
        path: ["deletionProtection"],
        allowed: "false in an environment with ttlHours",
        fix: "write deletionProtection: false, or remove ttlHours",
      };
    }
  },
};

const hasSystem: Rule = {
  reads: ["ttlHours", ...SYSTEMS.map(({ section }) => section)],
  *check(environment) {
    const { ttlHours, automock } = environment;
    if (ttlHours !== undefined && !automock) {
      yield {
        path: ["automock"],
        allowed: "automock, in an environment with ttlHours",
        fix: "add automock or remove ttlHours",
      };
    } else if (systemsOf(environment).length === 0) {
      const sections = SYSTEMS.map(({ section }) => section);
      yield {
        path: [sections[0]!],
        allowed: `at least one of ${sections.join(", ")} in an environment`,
        fix: "add one of them",
      };
    }
  },
};

const networksApart: Rule = {
  reads: SERVICES.map(({ section }) => `${section}.network.vpcCidr`),
  *check(environment) {
    const systems = servicesOf(environment);
    for (const [i, { section, values }] of systems.entries()) {
      const vpc = parseCidr(values.network.vpcCidr);
      const other = systems.slice(0, i).find((one) => overlaps(vpc, parseCidr(one.values.network.vpcCidr)));
      if (!other) continue;
      yield {
        path: [section, "network", "vpcCidr"],
        allowed: `a network that does not overlap ${other.values.network.vpcCidr}, ${other.section}'s`,
        fix: "give each system its own VPC network, for example 10.100.0.0/16",
      };
    }
  },
};

const prodIsProtected: Rule = {
  reads: ["name", "deletionProtection"],
  *check({ name, deletionProtection }) {
    if (name === "prod" && !deletionProtection) {
      yield { path: ["deletionProtection"], allowed: "true in prod", fix: "write deletionProtection: true" };
    }
  },
};

const timeZoneOfMails: Rule = {
  reads: ["ttlHours", "notifications"],
  *check({ ttlHours, notifications: { timeZone } }) {
    if (timeZone === undefined) return;
    const path = ["notifications", "timeZone"];
    if (ttlHours === undefined) {
      yield {
        path,
        allowed: "only in an environment with ttlHours: the messages about its end show local times",
        fix: "remove it",
      };
    }
    yield* timeZoneFaults(path, timeZone);
  },
};

const RULES: readonly Rule[] = [
  hasSystem,
  networksApart,
  permanentHasNoTtl,
  prodIsProtected,
  ephemeralIsRemovable,
  timeZoneOfMails,
  adminStays,
  connectNeedsNetwork,
  deliveryStays,
  reviewedApplies,
  boundaryOfThisAccount,
  ...AUTOMOCK_RULES,
  ...TASK_API_RULES,
];

/**
 * Applies the rules between fields.
 *
 * @param isClean whether a field (dotted path) is valid by itself
 */
export function* crossFieldFaults(
  environment: Environment,
  isClean: (path: string) => boolean,
): Iterable<CrossFieldFault> {
  for (const { reads, check } of RULES) {
    if (reads.every(isClean)) yield* check(environment);
  }
}
