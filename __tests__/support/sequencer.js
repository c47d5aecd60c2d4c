const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * Long tests begin first and the others fill the gaps: the end-to-end tests, which wait most of the time, the longest of
 * them first, then those that compute. jest alone knows how long a file takes only where it has run before.
 */
const LONG = [
  "/e2e/deployed",
  "/e2e/ttl-cleanup",
  "/e2e/data-plane",
  "/e2e/rolled-back",
  "/e2e/",
  "/mockserver/scripts",
  "/simulator/",
];

module.exports = class LongFirst extends Sequencer {
  async sort(tests) {
    const rank = ({ path }) => {
      const found = LONG.findIndex((part) => path.includes(part));
      return found === -1 ? LONG.length : found;
    };
    return [...(await super.sort(tests))].sort((one, other) => rank(one) - rank(other));
  }
};
