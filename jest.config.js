/** @type {import("jest").Config} */
const shared = {
  testEnvironment: "node",
  setupFiles: ["<rootDir>/__tests__/support/fast-check.ts"],
  transform: {
    "^.+\\.[jt]s$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, sourceMaps: "inline" },
    ],
  },
  // Libraries that are ES modules only.
  transformIgnorePatterns: ["/node_modules/(?!@secretlint/|@scalar/)"],
  testPathIgnorePatterns: ["/node_modules/", "/cdktf\\.out/"],
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out"],
};

/** @type {import("jest").Config} */
module.exports = {
  // The end-to-end tests wait most of the time, for the AWS provider's own clock and for tasks: eight on two cores.
  maxWorkers: 8,
  // With coverage V8 keeps every module of every test: at 1.5 GB the simulator's tests take six times as long.
  workerIdleMemoryLimit: "500MB",
  // The only limit of time: on a busy machine a test of a minute takes ten, and only one that hangs is a failure.
  testTimeout: 1_800_000,
  globalSetup: "<rootDir>/__tests__/support/global-setup.js",
  testSequencer: "<rootDir>/__tests__/support/sequencer.js",
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, "/__tests__/e2e/", "/__tests__/golden/"],
    },
    { ...shared, displayName: "golden", testMatch: ["<rootDir>/__tests__/golden/*.test.ts"] },
    { ...shared, displayName: "e2e", testMatch: ["<rootDir>/__tests__/e2e/**/*.test.ts"] },
  ],
  // Costs memory and time and says the same each night; what a change leaves untested shows in its review.
  collectCoverage: process.env.TEST_DEEP === "1",
  coverageProvider: "v8",
  collectCoverageFrom: [
    "contract/**/*.ts",
    "modules/**/*.ts",
    "environments/**/*.ts",
    "stacks/**/*.ts",
    "lambda/**/*.ts",
    "cleanup/**/*.ts",
  ],
  coverageReporters: ["text-summary", "lcovonly"],
  coverageThreshold: { global: { lines: 90, branches: 90 } },
};
