import fc from "fast-check";
import {
  INSTANCE_CLASS_MEMORY_GIB,
  largestPool,
  maxConnections,
  POSTGRES_MAJOR_VERSIONS,
  postgresVersionFault,
  RESERVED_CONNECTIONS,
  type InstanceClass,
} from "../../contract/postgres";

const classes = Object.keys(INSTANCE_CLASS_MEMORY_GIB) as InstanceClass[];

it.each([
  ["db.t3.micro", 79],
  ["db.t3.small", 192],
  ["db.t3.medium", 417],
  ["db.m7g.large", 868],
  ["db.r7g.2xlarge", 5000],
] as const)("%s accepts %i connections, fewer than its whole memory would allow", (instanceClass, expected) =>
  expect(maxConnections(instanceClass)).toBe(expected),
);

it("the estimate is below the values seen: 198 on 2 GiB, 81 on 1 GiB", () => {
  expect(maxConnections("db.t3.small")).toBeLessThan(198);
  expect(maxConnections("db.t3.micro")).toBeLessThan(81);
});

it("the largest pool fits during a deployment; one more connection does not", () => {
  fc.assert(
    fc.property(fc.constantFrom(...classes), fc.integer({ min: 1, max: 100 }), (instanceClass, tasks) => {
      const pool = largestPool(instanceClass, tasks);
      const room = maxConnections(instanceClass) - RESERVED_CONNECTIONS;
      expect(2 * tasks * pool).toBeLessThanOrEqual(room);
      expect(2 * tasks * (pool + 1)).toBeGreaterThan(room);
    }),
  );
});

it.each(POSTGRES_MAJOR_VERSIONS)("accepts major version %s", (version) =>
  expect(postgresVersionFault(version)).toBeUndefined(),
);

it.each([
  [
    "15.3",
    'PostgreSQL "15.3" pins a minor version, which RDS later retires and can then no longer create or restore; use a major version, one of 15, 16, 17, and RDS installs minor versions in the maintenance window',
  ],
  ["9", 'PostgreSQL "9" is not supported; use a major version: 15, 16, 17'],
  ["latest", 'PostgreSQL "latest" is not supported; use a major version: 15, 16, 17'],
])("rejects version %s", (version, fault) => expect(postgresVersionFault(version)).toBe(fault));
