import { testVariable } from "../../contract/test-run";
import { show } from "./faults";
import { awsFaults } from "./test-environment-aws-rules";
import type { Access, TestEnvironment, TestResource } from "./test-environment-fields";
import type { CrossFieldFault } from "./rule";

/** A rule between the fields of a test environment. It runs when the fields that it reads are valid. */
interface TestRule {
  readonly reads: readonly string[];
  readonly check: (environment: TestEnvironment) => Iterable<CrossFieldFault>;
}

/** How a function may use a resource, by the resource's type. */
const ACCESS: Readonly<Partial<Record<TestResource["type"], readonly Access[]>>> = {
  table: ["read", "write", "readWrite"],
  bucket: ["read", "write", "readWrite"],
  queue: ["read", "write", "readWrite"],
  topic: ["write"],
  function: ["invoke"],
};

/** A reference of one resource to another, and the types that it may be of. */
interface Reference {
  readonly path: readonly (string | number)[];
  readonly name: string;
  readonly types: readonly TestResource["type"][];
}

function* referencesOf(name: string, resource: TestResource): Iterable<Reference> {
  const path = ["resources", name];
  switch (resource.type) {
    case "function":
      for (const used of Object.keys(resource.uses)) {
        const types = Object.keys(ACCESS) as TestResource["type"][];
        yield { path: [...path, "uses", used], name: used, types };
      }
      for (const [i, queue] of resource.from.entries())
        yield { path: [...path, "from", i], name: queue, types: ["queue"] };
      break;
    case "httpApi":
    case "restApi":
      for (const [route, target] of Object.entries(resource.routes))
        yield { path: [...path, "routes", route], name: target, types: ["function"] };
      break;
    case "topic":
    case "rule":
      for (const [i, target] of (resource.to ?? []).entries())
        yield { path: [...path, "to", i], name: target, types: ["queue", "function"] };
  }
}

const referencesExist: TestRule = {
  reads: ["resources"],
  *check({ resources }) {
    for (const [name, resource] of Object.entries(resources)) {
      for (const { path, name: other, types } of referencesOf(name, resource)) {
        const found = Object.hasOwn(resources, other) ? resources[other] : undefined;
        if (found && types.includes(found.type) && other !== name) continue;
        const known = Object.keys(resources).filter(
          (one) => one !== name && types.includes(resources[one]!.type),
        );
        yield {
          path,
          given: show(other),
          allowed: `the name of a resource of type ${types.join(", ")}${known.length > 0 ? `: ${known.join(", ")}` : ""}`,
          fix: fixOfReference(other, name, found),
        };
      }
    }
  },
};

function fixOfReference(other: string, name: string, found: TestResource | undefined): string {
  if (other === name) return "a function needs no right on itself; remove it";
  return found
    ? `${other} is of type ${found.type}; name another resource`
    : "add that resource or correct the name";
}

const accessFits: TestRule = {
  reads: ["resources"],
  *check({ resources }) {
    for (const [name, resource] of Object.entries(resources)) {
      if (resource.type !== "function") continue;
      for (const [used, access] of Object.entries(resource.uses)) {
        const type = Object.hasOwn(resources, used) ? resources[used]!.type : undefined;
        const allowed = type && ACCESS[type];
        if (!allowed || allowed.includes(access)) continue;
        yield {
          path: ["resources", name, "uses", used],
          allowed: `${allowed.map((one) => `"${one}"`).join(", ")} for a ${type}`,
          fix: "use one of these",
        };
      }
    }
  },
};

/** A dead-letter queue is a queue of its own, `<name>-dead`. */
const deadLettersHaveTheirName: TestRule = {
  reads: ["resources"],
  *check({ resources }) {
    for (const [name, resource] of Object.entries(resources)) {
      if (resource.type !== "queue" || resource.deadLetterAfter === undefined) continue;
      if (!Object.hasOwn(resources, `${name}-dead`)) continue;
      yield {
        path: ["resources", `${name}-dead`],
        allowed: `a name other than that of the dead-letter queue of ${name}`,
        fix: "rename it",
      };
    }
  },
};

const ruleHasOneTrigger: TestRule = {
  reads: ["resources"],
  *check({ resources }) {
    for (const [name, resource] of Object.entries(resources)) {
      if (resource.type !== "rule" || (resource.schedule === undefined) !== (resource.pattern === undefined))
        continue;
      yield {
        path: ["resources", name],
        allowed: "either schedule or pattern",
        fix: resource.pattern === undefined ? "add one of them" : "remove one of them",
      };
    }
  },
};

const ttlIsNoKey: TestRule = {
  reads: ["resources"],
  *check({ resources }) {
    for (const [name, resource] of Object.entries(resources)) {
      if (resource.type !== "table" || resource.ttl === undefined) continue;
      const types = Object.assign({}, resource.key, ...Object.values(resource.indexes)) as Record<
        string,
        string
      >;
      if ((types[resource.ttl] ?? "N") === "N") continue;
      yield {
        path: ["resources", name, "ttl"],
        allowed: "an attribute that holds a number",
        fix: `${resource.ttl} is of type ${types[resource.ttl]} in a key; name another attribute`,
      };
    }
  },
};

/** AWS takes one type for an attribute, whichever keys of a table it is in. */
const attributesHaveOneType: TestRule = {
  reads: ["resources"],
  *check({ resources }) {
    for (const [name, resource] of Object.entries(resources)) {
      if (resource.type !== "table") continue;
      const types = new Map(Object.entries(resource.key));
      for (const [index, key] of Object.entries(resource.indexes)) {
        for (const [attribute, type] of Object.entries(key)) {
          const known = types.get(attribute);
          types.set(attribute, known ?? type);
          if (known === undefined || known === type) continue;
          yield {
            path: ["resources", name, "indexes", index, attribute],
            allowed: `"${known}", the type of ${attribute} in another key of the table`,
            fix: "use one type, or another attribute",
          };
        }
      }
    }
  },
};

/** Two resources with one variable would hide each other; a function's own variable would be overwritten. */
const variablesAreUnique: TestRule = {
  reads: ["resources"],
  *check({ resources }) {
    const owners = new Map<string, string>();
    for (const [name, { type }] of Object.entries(resources)) {
      const variable = testVariable(name, type);
      const other = owners.get(variable);
      if (other === undefined) owners.set(variable, name);
      else
        yield {
          path: ["resources", name],
          given: show(name),
          allowed: `a name whose variable, ${variable}, is not that of ${other}`,
          fix: "rename one of them",
        };
    }
    for (const [name, resource] of Object.entries(resources)) {
      if (resource.type !== "function") continue;
      for (const used of Object.keys(resource.uses)) {
        const variable = Object.hasOwn(resources, used) && testVariable(used, resources[used]!.type);
        if (!variable || !Object.hasOwn(resource.environment, variable)) continue;
        yield {
          path: ["resources", name, "environment", variable],
          allowed: `a variable other than that of ${used}, which it gets by uses`,
          fix: "remove or rename it",
        };
      }
    }
  },
};

const roleOfThisAccount: TestRule = {
  reads: ["accountId", "role"],
  *check({ accountId, role }) {
    if (role === undefined || role.arn.split(":")[4] === accountId) return;
    yield {
      path: ["role", "arn"],
      allowed: `a role of the account ${accountId}`,
      fix: "correct accountId or the ARN",
    };
  },
};

/** The reaper must not remove the resources while the tests run. */
const testsEndInTime: TestRule = {
  reads: ["ttlMinutes", "test"],
  *check({ ttlMinutes, test }) {
    if (test === undefined || test.timeoutMinutes + 5 <= ttlMinutes) return;
    yield {
      path: ["test", "timeoutMinutes"],
      allowed: `at most ttlMinutes minus 5, which leaves time to create and destroy`,
      fix: `lower it to ${Math.max(1, ttlMinutes - 5)}, or raise ttlMinutes`,
    };
  },
};

const RULES: readonly TestRule[] = [
  referencesExist,
  accessFits,
  deadLettersHaveTheirName,
  ruleHasOneTrigger,
  ttlIsNoKey,
  attributesHaveOneType,
  variablesAreUnique,
  roleOfThisAccount,
  testsEndInTime,
  { reads: ["resources"], check: awsFaults },
];

/**
 * Applies the rules between fields.
 *
 * @param isClean whether a field (dotted path) is valid by itself
 */
export function* testEnvironmentFaults(
  environment: TestEnvironment,
  isClean: (path: string) => boolean,
): Iterable<CrossFieldFault> {
  for (const { reads, check } of RULES) if (reads.every(isClean)) yield* check(environment);
}
